//! How an EVlink station publishes its charge history: the settings of the report block.
//!
//! The words of the web page are confirmed (commissioning tool guide, history tab); that the codes of the file
//! count them in the page's order, from the factory value on, is inferred.

use crate::file::File;
use crate::profile::Value;
use crate::sessions::Dialect;

/// The publication settings of a file. A field is none where the file does not say, or says a code that is not
/// known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Publication {
    /// How often; see [`Period`].
    pub period: Option<Period>,
    /// By which protocol.
    pub protocol: Option<Protocol>,
    /// The field separator: `;`, `,` or tab.
    pub separator: Option<u8>,
    /// The decimal sign: `,` or `.`.
    pub decimal: Option<char>,
}

/// How often the history is sent, at 00:01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Never.
    Off,
    /// Every day.
    Daily,
    /// On Mondays.
    Weekly,
    /// On the first of a month.
    Monthly,
}

/// How the history is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// By mail; tried every hour for seven days.
    Smtp,
    /// To an FTP server.
    Ftp,
    /// To an HTTP server.
    Http,
}

const PERIODS: [(i64, Period); 4] =
    [(0, Period::Off), (1, Period::Daily), (2, Period::Weekly), (3, Period::Monthly)];
const PROTOCOLS: [(i64, Protocol); 3] = [(1, Protocol::Smtp), (2, Protocol::Ftp), (3, Protocol::Http)];
const SEPARATORS: [(i64, u8); 3] = [(1, b';'), (2, b','), (3, b'\t')];
const DECIMALS: [(i64, char); 2] = [(1, ','), (2, '.')];

impl Publication {
    /// The settings of a file.
    #[must_use]
    pub fn of(file: &File<'_>) -> Self {
        Self {
            period: code(file, "GlobalLogReportPeriod", &PERIODS),
            protocol: code(file, "PublicationProtocol", &PROTOCOLS),
            separator: code(file, "FieldSeparator", &SEPARATORS),
            decimal: code(file, "DecimalSeparator", &DECIMALS),
        }
    }

    /// The dialect the station writes its history in; what is not known is as the factory has it.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        Dialect::evlink(self.separator.unwrap_or(b';'), self.decimal.unwrap_or(','))
    }
}

fn code<T: Copy>(file: &File<'_>, key: &str, codes: &[(i64, T)]) -> Option<T> {
    let Ok(Value::Integer(found)) = file.get(Some("REPORT GLOBAL"), key) else { return None };
    codes.iter().find(|(code, _)| *code == found).map(|(_, meaning)| *meaning)
}
