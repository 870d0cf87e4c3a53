//! site
pub mod check;
pub mod record;
pub mod report;
pub mod scenario;
