//! The one place where a message of 2.x may carry what the specification does not know.

use crate::json::{JsonText, Lexer};
#[cfg(feature = "alloc")]
use crate::message::IntoOwned;
use crate::message::{Value, sealed};
use crate::schema::{self, CUSTOM_DATA_OBJECT, Kind, MemberWriter, Members, Output, Version, Violation};
use crate::text::{Storage, Str};

/// An object of members a vendor has defined, one of which names the vendor (OCPP 2.0.1 part 2 §2.1.4).
///
/// Every class of 2.x may have one. It is kept as text; two of them are equal if their texts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomData<'a>(JsonText<'a>);

impl<'a> CustomData<'a> {
    /// Takes the text of an object with a member `vendorId`.
    ///
    /// # Errors
    /// If it is no object or has no `vendorId`, a string of at most 255 characters.
    pub fn new(text: &'a str) -> Result<Self, Violation> {
        schema::check(text, CUSTOM_DATA_OBJECT, Version::V21)?;
        Ok(Self(JsonText::checked(text)))
    }

    /// Who defined the members; the reversed domain name is recommended.
    #[must_use]
    pub fn vendor_id(&self) -> Str<'_, 255> {
        let vendor_id = self.0.member("vendorId").and_then(|text| Lexer::new(text).string().ok());
        vendor_id.map_or_else(|| Str::cut(""), |text| Str::received(Storage::received(text)))
    }

    /// The whole object.
    #[must_use]
    pub const fn json(&self) -> &JsonText<'a> {
        &self.0
    }
}

impl sealed::Sealed for CustomData<'_> {}

impl<'a> Value<'a> for CustomData<'a> {
    const KIND: Kind = Kind::Object(CUSTOM_DATA_OBJECT);

    fn read(members: &mut Members<'a, '_>) -> Self {
        Self(JsonText::read(members))
    }

    fn read_optional(members: &mut Members<'a, '_>) -> Option<Self> {
        JsonText::read_optional(members).map(Self)
    }

    fn write(&self, out: &mut Output<'_>, kind: &'static Kind) {
        self.0.write(out, kind);
    }

    fn write_member(value: Option<&Self>, members: &mut MemberWriter<'_, '_>) {
        JsonText::write_member(value.map(|data| &data.0), members);
    }
}

#[cfg(feature = "alloc")]
impl IntoOwned for CustomData<'_> {
    type Owned = CustomData<'static>;

    fn into_owned(self) -> Self::Owned {
        CustomData(self.0.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Rule;

    #[test]
    fn needs_a_vendor() {
        let data = CustomData::new(r#"{"price":{"kWh":"0.42"},"vendorId":"com.\u0065xample"}"#).unwrap();
        assert_eq!(data.vendor_id(), "com.example");
        assert_eq!(data.json().get("price").unwrap().get("kWh").unwrap().as_str(), "\"0.42\"");
        assert_eq!(CustomData::new(r#"{"price":1}"#).unwrap_err().rule(), Rule::Missing);
        assert_eq!(CustomData::new("[]").unwrap_err().rule(), Rule::NotAnObject);
    }
}
