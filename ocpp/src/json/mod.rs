//! JSON text over slices (RFC 8259): a pull lexer that never allocates or recurses, and a writer that never panics.
//!
//! Nothing here knows OCPP. The lexer hands out pieces of the text it was given; numbers and strings keep their
//! written form until somebody asks for the value.

mod lex;
mod text;
mod write;

pub use lex::{Chars, Json, Lexer, MAX_DEPTH, Number, Quoted, Reason, SyntaxError};
pub use text::JsonText;
pub use write::Writer;
