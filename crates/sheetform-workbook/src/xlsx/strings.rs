//! The shared texts: the only part of a workbook that is held in memory whole.

use std::io::Read;
use std::sync::Arc;

use sheetform::finding::Finding;

use super::{scan, text};
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::window::Window;
use crate::package::xml::Xml;

/// What keeping one text costs beside its bytes.
const KEEPING: usize = 32;

/// The shared texts by index.
#[derive(Default)]
pub(crate) struct Strings {
    texts: Vec<Arc<str>>,
}

impl Strings {
    pub(crate) fn read<R: Read>(mut xml: Xml<Window<R>>, limits: &Limits) -> Result<Self, Finding> {
        xml.root("sst")?;
        // The counts on the root are the writer's claim and are not used.
        let mut texts = Vec::new();
        let mut bytes = 0;
        loop {
            let plain = xml.scan(|bytes| scan::shared(bytes).map(|(count, text)| (count, Arc::from(text))))?;
            let text: Arc<str> = match plain {
                Some(text) => text,
                None if !xml.child()? => break,
                None if xml.name() != "si" => {
                    xml.skip()?;
                    continue;
                }
                None => text::item(&mut xml)?.into(),
            };
            bytes += text.len() + KEEPING;
            if bytes > limits.string_bytes {
                return Err(over_limit("bytes of shared texts", "共享文本的字节数", limits.string_bytes));
            }
            texts.push(text);
        }
        xml.finish()?;
        Ok(Self { texts })
    }

    /// A number as one of a text, where there is such a text.
    pub(crate) fn number(&self, number: u64) -> Option<u32> {
        (number < self.texts.len() as u64).then_some(number as u32)
    }

    pub(crate) fn get(&self, index: usize) -> Option<Arc<str>> {
        self.texts.get(index).cloned()
    }
}
