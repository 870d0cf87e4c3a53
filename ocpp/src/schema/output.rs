//! Writing along a schema: every value is checked while it is written, so whatever leaves satisfies its schema exactly.
//!
//! A value knows how to write itself and what type it has; the row of the table says in addition how long, how large, how
//! many and since which version. Text that was received and not parsed since goes through the validator once more, for it
//! may have come under another version or with something forgiven.

use super::check::{check_value, number_rule};
use super::violation::Fault;
use super::{Kind, Object, Row, Rule, Version, Violation};
use crate::json::Writer;
use crate::message::{EncodeError, Value, WriteItems, WriteMembers};
use crate::num::Decimal;
use crate::text::Storage;
use crate::time::{DateTime, Utc};

/// Writes a payload that satisfies `schema` all over.
pub(crate) fn encode<'b>(
    message: &dyn WriteMembers,
    schema: &'static Object,
    version: Version,
    buffer: &'b mut [u8],
) -> Result<&'b str, EncodeError> {
    let mut out = Output::new(buffer, version);
    out.members(message, schema);
    out.finish(schema)
}

/// A buffer a message is written into.
///
/// After the first broken rule it goes on writing, since the path to the culprit is found in the whole text.
#[derive(Debug)]
pub struct Output<'b> {
    json: Writer<'b>,
    version: Version,
    /// Where the payload begins: the frame around it stands before.
    start: usize,
    fault: Option<Fault>,
}

impl<'b> Output<'b> {
    pub(crate) const fn new(buffer: &'b mut [u8], version: Version) -> Self {
        Self { json: Writer::new(buffer), version, start: 0, fault: None }
    }

    /// What no schema speaks of: the frame around the payload.
    pub(crate) const fn json(&mut self) -> &mut Writer<'b> {
        &mut self.json
    }

    /// The next value is the payload.
    pub(crate) const fn begin_payload(&mut self) {
        self.start = self.json.next_offset();
    }

    /// The text, if its payload satisfies `schema` all over.
    pub(crate) fn finish(self, schema: &'static Object) -> Result<&'b str, EncodeError> {
        let text = self.json.finish().map_err(|needed| EncodeError::BufferTooSmall { needed })?;
        match self.fault {
            None => Ok(text),
            Some(fault) => {
                let payload = text.get(self.start..).unwrap_or_default();
                Err(Violation::locate(payload, schema, self.version, fault).into())
            }
        }
    }

    /// Where the next value stands in the payload.
    fn offset(&self) -> usize {
        self.json.next_offset() - self.start
    }

    /// Keeps the first broken rule.
    #[cold]
    #[inline(never)]
    fn broken(&mut self, rule: Rule, offset: usize, member: u8) {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        self.fault.get_or_insert(Fault { rule, member, offset });
    }

    fn broken_if(&mut self, rule: Option<Rule>) {
        if let Some(rule) = rule {
            self.broken(rule, self.offset(), 0);
        }
    }

    /// A value of which its type says all.
    pub(crate) fn value<'a, V: Value<'a>>(&mut self, value: &V) {
        value.write(self, const { &V::KIND });
    }

    /// An object.
    #[inline(never)]
    pub(crate) fn object(&mut self, object: &dyn WriteMembers, kind: &'static Kind) {
        if let Kind::Object(schema) = kind {
            self.members(object, schema);
        }
    }

    pub(crate) fn members(&mut self, object: &dyn WriteMembers, schema: &'static Object) {
        let start = self.offset();
        self.json.begin_object();
        let mut members = MemberWriter { out: self, object: schema, at: 0, missing: None };
        object.write_members(&mut members);
        if let Some(member) = members.missing {
            self.broken(Rule::Missing, start, member);
        }
        self.json.end_object();
    }

    pub(crate) fn text(&mut self, text: &Storage<'_>, kind: &Kind) {
        let is_v21 = self.version == Version::V21;
        let max = match *kind {
            Kind::Text { max, .. } if is_v21 => max,
            Kind::Text { before_v21: max, .. } | Kind::Identity(max) => max,
            Kind::Opened { values, .. } if !is_v21 => {
                let is_listed = values.iter().any(|value| text.is(value));
                self.broken_if((!is_listed).then_some(Rule::Choice));
                u16::MAX
            }
            Kind::Opened { max, .. } => max.into(),
            _ => u16::MAX,
        };
        self.broken_if(text.is_longer_than(max).then_some(Rule::Length));
        text.write(&mut self.json);
    }

    /// The value at index `at` of an enumeration; one behind the last cannot be sent.
    pub(crate) fn choice(&mut self, at: u8, kind: &Kind) {
        let Kind::Choice { values, listed, .. } = *kind else { return };
        let is_listed = self.version == Version::V21 || at < listed;
        let text = values.get(usize::from(at)).filter(|_| is_listed);
        self.broken_if(text.is_none().then_some(Rule::Choice));
        self.json.escaped(text.unwrap_or_default());
    }

    pub(crate) fn number(&mut self, value: Decimal, kind: &Kind) {
        if let Kind::Number(rules) = *kind {
            let whole = value.scale() == 0;
            self.broken_if(number_rule(value, whole, rules.in_version(self.version)));
        }
        self.json.decimal(value);
    }

    pub(crate) fn boolean(&mut self, value: bool) {
        self.json.boolean(value);
    }

    pub(crate) fn date_time(&mut self, time: DateTime<Utc>) {
        let offset = self.offset();
        if !self.json.date_time(time) {
            self.broken(Rule::DateTime, offset, 0);
        }
    }

    /// A value as it was received.
    pub(crate) fn received(&mut self, text: &str, kind: &'static Kind) {
        if let Err(fault) = check_value(text, kind, self.version) {
            self.broken(fault.rule, self.offset() + fault.offset as usize, fault.member);
        }
        self.json.raw(text);
    }

    /// An array.
    pub(crate) fn list(&mut self, list: &dyn WriteItems, kind: &'static Kind) {
        if let Some(text) = list.received() {
            return self.received(text, kind);
        }
        let Kind::List { item, min, max } = kind else { return };
        let start = self.offset();
        self.json.begin_array();
        let count = list.write_items(self, item);
        self.json.end_array();
        if count < usize::from(*min) {
            self.broken(Rule::TooFew, start, 0);
        }
        if *max != u16::MAX && count > usize::from(*max) {
            self.broken(Rule::TooMany, start, 0);
        }
    }
}

/// Writes the members of an object in the order of its table, which also has their names.
#[derive(Debug)]
pub struct MemberWriter<'o, 'b> {
    out: &'o mut Output<'b>,
    object: &'static Object,
    at: u8,
    /// The first member that should be there and is not.
    missing: Option<u8>,
}

impl<'b> MemberWriter<'_, 'b> {
    fn next(&mut self) -> Option<&'static Row> {
        let row = self.object.row(self.at);
        self.at += 1;
        row
    }

    /// Writes the name of the next member; its value is to be of the kind.
    #[inline(never)]
    pub(crate) fn present(&mut self) -> Option<(&mut Output<'b>, &'static Kind)> {
        let name = self.object.name_bytes(self.at);
        let row = self.next()?;
        if !row.is_in(self.out.version) {
            self.out.broken(Rule::Unknown, self.out.json.next_offset() - self.out.start, 0);
        }
        self.out.json.name(name);
        Some((self.out, &row.kind))
    }

    /// Passes over the next member.
    #[inline(never)]
    pub(crate) fn absent(&mut self) {
        let at = self.at;
        if self.next().is_some_and(|row| row.is_required(self.out.version)) {
            self.missing.get_or_insert(at);
        }
    }
}

/// One function for each sort of value, so that a member of a table is one call.
macro_rules! leaves {
    ($($name:ident $Type:ty: |$out:ident, $value:ident, $kind:ident| $write:expr;)*) => {$(
        #[inline(never)]
        pub(crate) fn $name(&mut self, value: Option<$Type>) {
            match value {
                Some($value) => {
                    if let Some(($out, $kind)) = self.present() {
                        $write;
                    }
                }
                None => self.absent(),
            }
        }
    )*};
}

impl MemberWriter<'_, '_> {
    leaves! {
        text &Storage<'_>: |out, text, kind| out.text(text, kind);
        choice u8: |out, at, kind| out.choice(at, kind);
        integer &i64: |out, value, kind| out.number((*value).into(), kind);
        decimal &Decimal: |out, value, kind| out.number(*value, kind);
        boolean &bool: |out, value, _kind| out.boolean(*value);
        date_time &DateTime<Utc>: |out, time, _kind| out.date_time(*time);
        received &str: |out, text, kind| out.received(text, kind);
        object &dyn WriteMembers: |out, object, kind| out.object(object, kind);
        list &dyn WriteItems: |out, list, kind| out.list(list, kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::List;
    use crate::message::Message;
    use crate::schema::{Leniency, Tolerance, check};
    use crate::text::{CiStr, Str};
    use crate::{v2, v16};

    /// The verdict on a message while it is written is that of the validator on its text.
    fn verdict<'a, M: Message<'a>>(message: &M, version: Version) -> Result<(), Rule> {
        let mut buffer = [0; 2000];
        let mut out = Output::new(&mut buffer, version);
        out.value(message);
        let text = out.json.finish().unwrap();
        let expected = check(text, M::SCHEMA, version);
        let found = match message.encode(version, &mut [0; 2000]) {
            Ok(sent) => {
                assert_eq!(sent, text);
                Ok(())
            }
            Err(EncodeError::Invalid(violation)) => Err(violation),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, expected, "{text}");
        found.map_err(|violation| violation.rule())
    }

    #[test]
    fn what_a_type_cannot_say_is_checked_while_it_is_written() {
        let no_samples = v16::MeterValue { timestamp: DateTime::UNIX_EPOCH, sampled_value: List::new(&[]) };
        let values = [no_samples];
        let message =
            v16::MeterValuesRequest { connector_id: 1, transaction_id: None, meter_value: (&values).into() };
        assert_eq!(verdict(&message, Version::V16), Err(Rule::TooFew));
        let message = v16::StopTransactionRequest {
            id_tag: None,
            meter_stop: 1,
            timestamp: DateTime::UNIX_EPOCH,
            transaction_id: 1,
            reason: None,
            transaction_data: Some((&values).into()),
        };
        assert_eq!(verdict(&message, Version::V16), Ok(()), "the same list, and another row");
        let message = v16::StopTransactionRequest { timestamp: DateTime::<Utc>::MAX_UTC, ..message };
        assert_eq!(verdict(&message, Version::V16), Err(Rule::DateTime));
    }

    #[test]
    fn limits_are_multiples_of_a_tenth() {
        let period = |mantissa, scale| {
            [v16::ChargingSchedulePeriod {
                start_period: 0,
                limit: Decimal::new(mantissa, scale),
                number_phases: None,
            }]
        };
        let schedule = |periods: &[v16::ChargingSchedulePeriod]| {
            let schedule = v16::ChargingSchedule {
                duration: None,
                start_schedule: None,
                charging_rate_unit: v16::ChargingRateUnit::A,
                charging_schedule_period: List::new(periods),
                min_charging_rate: None,
            };
            verdict(&schedule, Version::V16)
        };
        assert_eq!(schedule(&period(81, 1)), Ok(()));
        assert_eq!(schedule(&period(8100, 3)), Ok(()));
        assert_eq!(schedule(&period(815, 2)), Err(Rule::Step));
    }

    #[test]
    fn what_a_version_does_not_have_is_not_sent() {
        let boot = |serial_number| v2::BootNotificationRequest {
            charging_station: v2::ChargingStation {
                serial_number: Some(Str::cut(serial_number)),
                model: Str::cut("M"),
                modem: None,
                vendor_name: Str::cut("V"),
                firmware_version: None,
                custom_data: None,
            },
            reason: v2::BootReason::PowerUp,
            custom_data: None,
        };
        assert_eq!(verdict(&boot("1234567890123456789012345"), Version::V201), Ok(()));
        let text = r#"{"idToken":{"idToken":"1","type":"Local"},"certificate":"x"}"#;
        let message = v2::AuthorizeRequest::decode(text, Version::V21).unwrap();
        assert_eq!(verdict(&message, Version::V201), Ok(()));
        let token = v2::IdToken {
            additional_info: None,
            id_token: CiStr::cut("1"),
            kind: Str::cut("MakersOwn"),
            custom_data: None,
        };
        let message = v2::AuthorizeRequest { id_token: token, ..message };
        assert_eq!(verdict(&message, Version::V21), Ok(()));
        assert_eq!(verdict(&message, Version::V201), Err(Rule::Choice));
    }

    #[test]
    fn what_was_forgiven_is_not_passed_on() {
        let text = r#"{"key":[],"maker":"own"}"#;
        let mut tolerance = Tolerance::new(Leniency::ALL);
        let message = v16::GetConfigurationRequest::decode_with(text, Version::V16, &mut tolerance).unwrap();
        assert_eq!(verdict(&message, Version::V16), Ok(()), "an unknown member is not kept");
        let text = r#"{"connectorId":1,"meterValue":[{"timestamp":"2026-11-21 10:00:00Z","sampledValue":[{"value":"1"}]}]}"#;
        let message = v16::MeterValuesRequest::decode_with(text, Version::V16, &mut tolerance).unwrap();
        assert_eq!(verdict(&message, Version::V16), Err(Rule::DateTime), "a list is kept as it was received");
    }
}
