//! The maintenance report, an HTML page: tables per block and the whole configuration text at its end.
//!
//! Block titles, row names and values are documented (commissioning tool guide, annex A), the page's
//! structure is not. So nothing is expected of it but headings, table rows and preformatted text, read by a
//! tokenizer that takes any HTML.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::mem;

use html5gum::{Token, Tokenizer};
use zeroize::Zeroizing;

use crate::wiped::Wiped;

/// A report.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    /// What follows each heading, in the order of the page.
    pub blocks: Vec<Block>,
}

/// A heading and what follows it.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Block {
    /// The heading; empty for what comes before the first.
    pub title: String,
    /// The rows of its tables, cell by cell: addresses, names and cards among them.
    pub rows: Vec<Vec<Wiped<'static>>>,
    /// Its preformatted text, wiped when dropped: the configuration with its secrets is one.
    pub text: Zeroizing<String>,
}

/// Shows sizes only: the report holds the configuration with its secrets.
impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.blocks).finish()
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rows, text) = (self.rows.len(), self.text.len());
        f.debug_struct("Block")
            .field("title", &self.title)
            .field("rows", &rows)
            .field("text_bytes", &text)
            .finish()
    }
}

impl Report {
    /// Reads a page. Any bytes are read; what is no report has no blocks worth reading.
    #[must_use]
    pub fn parse(html: &[u8]) -> Self {
        // Room for all of it at once: text that grows leaves copies behind.
        let text = Zeroizing::new(String::with_capacity(html.len()));
        let mut reader = Reader { blocks: Vec::from([Block::default()]), text, ..Reader::default() };
        for Ok(token) in Tokenizer::new(html) {
            match token {
                Token::StartTag(tag) => reader.open(&tag.name),
                Token::EndTag(tag) => reader.close(&tag.name),
                Token::String(text) => reader.text.push_str(&String::from_utf8_lossy(&text)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        Self { blocks: reader.blocks }
    }

    /// The block of this title, letter case free.
    #[must_use]
    pub fn block(&self, title: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.title.eq_ignore_ascii_case(title))
    }

    /// The configuration text: what stands from the first heading comment on in the preformatted text of the
    /// last block that has any. Parse it as a [`Config`](super::Config).
    #[must_use]
    pub fn configuration(&self) -> Option<&str> {
        let text =
            self.blocks.iter().rev().map(|block| block.text.as_str()).find(|text| !text.trim().is_empty())?;
        Some(text.trim_start_matches(['\r', '\n']))
    }
}

impl Block {
    /// The cells behind a row's name; one for each socket. The page writes names with letters l for I in
    /// places.
    pub fn row(&self, name: &str) -> Option<&[Wiped<'static>]> {
        let fold = |text: &str| text.to_lowercase().replace('l', "i");
        let named = |row: &&Vec<Wiped<'_>>| row.first().is_some_and(|first| fold(first) == fold(name));
        self.rows.iter().find(named).and_then(|row| row.get(1..))
    }
}

/// Sorts text into blocks, rows and cells while the page goes by.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    row: Vec<Wiped<'static>>,
    text: Zeroizing<String>,
}

impl Reader {
    fn open(&mut self, tag: &[u8]) {
        match tag {
            b"td" | b"th" | b"h1" | b"h2" | b"h3" | b"pre" => self.text.clear(),
            b"tr" => self.row.clear(),
            _ => {}
        }
    }

    fn close(&mut self, tag: &[u8]) {
        match tag {
            b"td" | b"th" => self.row.push(String::from(self.text.trim()).into()),
            b"h1" | b"h2" | b"h3" => {
                let title = self.text.trim().into();
                self.blocks.push(Block { title, ..Block::default() });
            }
            b"pre" => {
                if let Some(block) = self.blocks.last_mut() {
                    block.text.push_str(&self.text);
                }
            }
            b"tr" => return self.end_row(),
            _ => return,
        }
        self.text.clear();
    }

    fn end_row(&mut self) {
        let row = mem::take(&mut self.row);
        if let Some(block) = self.blocks.last_mut() {
            block.rows.push(row);
        }
    }
}
