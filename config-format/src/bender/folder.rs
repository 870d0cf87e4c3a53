//! The folder of parameter files.

use alloc::vec::Vec;
use core::fmt;

use super::{PROFILE, station};
use crate::check;
use crate::defaults;
use crate::document::Entry;
use crate::edit::{Change, check_value};
use crate::file::{KeyError, wrong};
use crate::finding::{Check, Finding};
use crate::lex::{self, Dialect, Line};
use crate::profile::{Known, Profile, Value};
use crate::station::StationModel;
use crate::text::{Span, Text, trim};
use crate::transfer::{Action, Step};

/// On a stick, the file that holds the operator's password in plain text (firmware documentation).
const USB_PASSWORD: &str = "USB_PASSWORD";

/// One parameter file: its name and its bytes.
#[derive(Clone, Copy)]
pub struct Parameter<'a> {
    name: &'a str,
    bytes: &'a [u8],
    value: Line,
    software: Option<Line>,
}

impl<'a> Parameter<'a> {
    /// Reads a file. Any content is read: what stands in the first line is the value.
    #[must_use]
    pub fn parse(name: &'a str, bytes: &'a [u8]) -> Self {
        let mut lines = lex::lines(bytes, Dialect::Ini);
        let empty =
            Line { span: Span::empty(bytes.len()), body: Span::empty(bytes.len()), ..Line::default() };
        Self { name, bytes, value: lines.next().unwrap_or(empty), software: lines.next() }
    }

    /// The file's name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }

    /// The file.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The value: the first line without blanks at its ends.
    #[must_use]
    pub fn value(&self) -> Text<'a> {
        Text::new(self.value_span().of(self.bytes))
    }

    /// The second line, which names the software that wrote the file.
    #[must_use]
    pub fn software(&self) -> Option<Text<'a>> {
        self.software.map(|line| Text::new(line.body.of(self.bytes)))
    }

    fn value_span(&self) -> Span {
        let body = self.value.body.of(self.bytes);
        let text = trim(body);
        let lead = body.iter().take_while(|&&b| crate::text::is_blank(b)).count();
        let start = self.value.body.start + lead;
        Span::new(start, start + text.len())
    }

    fn entry(&self) -> Entry<'a> {
        Entry {
            file: Some(self.name),
            section: None,
            key: self.name.into(),
            value: self.value(),
            line: 1,
            key_span: self.value_span(),
            value_span: self.value_span(),
            line_span: self.value.span,
            line_text: self.value.body.of(self.bytes),
        }
    }
}

/// Shows the name and the size: the value may be a secret.
impl fmt::Debug for Parameter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Parameter({}, <{} bytes>)", self.name, self.bytes.len())
    }
}

/// Parameter files, as read from a stick or a store.
#[derive(Debug, Clone)]
pub struct Folder<'a> {
    parameters: Vec<Parameter<'a>>,
}

impl<'a> Folder<'a> {
    /// Takes files as pairs of name and bytes.
    pub fn parse(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self { parameters: files.into_iter().map(|(name, bytes)| Parameter::parse(name, bytes)).collect() }
    }

    /// The files in the given order.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter<'a>] {
        &self.parameters
    }

    /// The file of this name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// What is known about the parameters.
    #[must_use]
    pub const fn profile(&self) -> Profile<'static> {
        PROFILE
    }

    /// Every parameter as an entry, with what the profile knows about it.
    pub fn entries(&self) -> impl Iterator<Item = (Entry<'a>, Option<Known<'static>>)> + '_ {
        self.parameters.iter().map(|parameter| (parameter.entry(), PROFILE.find(None, parameter.name.into())))
    }

    /// The typed value of a parameter.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn get<'k>(&self, name: &'k str) -> Result<Value<'a>, KeyError<'k>> {
        let (parameter, known) = self.known_parameter(name)?;
        known.key.read(parameter.value()).ok_or_else(|| wrong(&parameter.entry(), known))
    }

    /// The change to the file of that name that gives it this value; line 2 stays byte for byte.
    ///
    /// # Errors
    /// See [`KeyError`].
    pub fn set<'t>(&self, name: &'t str, value: &'t str) -> Result<Change<'t>, KeyError<'t>> {
        let (parameter, known) = self.known_parameter(name)?;
        if known.key.read(value.into()).is_none() {
            return Err(wrong(&parameter.entry(), known));
        }
        check_value(value.as_bytes())?;
        Ok(Change::replace(parameter.value_span(), value.as_bytes()))
    }

    /// The files for another station: without what belongs to this one or is written by it. Line numbers of the
    /// steps are 1. The password file of the stick is never copied.
    #[must_use]
    pub fn transfer(&self) -> (Vec<Parameter<'a>>, Vec<Step>) {
        let (mut kept, mut steps) = (Vec::new(), Vec::new());
        for (parameter, (entry, known)) in self.parameters.iter().zip(self.entries()) {
            let known = known.map(|known| known.key);
            let own = parameter.name == USB_PASSWORD || known.is_some_and(|key| key.station_specific);
            let action = if own {
                Action::StationSpecific
            } else if known.is_some_and(|key| key.state) {
                Action::State
            } else {
                kept.push(*parameter);
                continue;
            };
            steps.push(Step { line: entry.line, key: entry.key.decode(), action });
        }
        (kept, steps)
    }

    fn known_parameter<'k>(&self, name: &'k str) -> Result<(&Parameter<'a>, Known<'static>), KeyError<'k>> {
        let parameter = self.parameter(name).ok_or(KeyError::Absent { key: name })?;
        Ok((parameter, PROFILE.find(None, name.into()).ok_or(KeyError::Unknown { key: name })?))
    }

    /// The station the folder describes.
    #[must_use]
    pub fn station(&self) -> StationModel {
        station::model(self)
    }

    /// Everything wrong with the files, in the given order of files.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = check::entries(&PROFILE, self.entries());
        findings.extend(self.parameters.iter().filter_map(no_software));
        findings
            .extend(self.parameters.iter().filter_map(|file| check::value_file(&file.entry(), file.bytes)));
        let station = self.station();
        findings.extend(station.findings());
        findings.extend(defaults::passwords(self.entries(), &station));
        let stands = self.parameter("FreeChargingTag_vehicleif").is_some();
        findings.extend(defaults::token(&station, "FreeChargingTag_vehicleif", None).filter(|_| stands));
        let place = |finding: &Finding| {
            let file = finding.file.as_deref().unwrap_or_default();
            self.parameters.iter().position(|parameter| parameter.name == file)
        };
        findings.sort_by_key(|finding| (place(finding), finding.line, finding.column));
        findings
    }
}

fn no_software(parameter: &Parameter<'_>) -> Option<Finding> {
    let entry = parameter.entry();
    let message =
        "there is no second line naming the software that wrote the file; controllers seem to accept that";
    let finding = Finding::at(Check::NoSoftwareId, &entry, entry.value_span, message.into());
    parameter.software.is_none().then_some(finding)
}
