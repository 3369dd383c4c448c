//! The shared texts: the only part of a workbook that is held in memory whole.

use std::io::BufRead;
use std::sync::Arc;

use sheetform::finding::Finding;

use super::text;
use crate::fault::over_limit;
use crate::limits::Limits;
use crate::package::xml::Xml;

/// What keeping one text costs beside its bytes.
const KEEPING: usize = 32;

/// The shared texts by index.
#[derive(Default)]
pub(crate) struct Strings {
    texts: Vec<Arc<str>>,
}

impl Strings {
    pub(crate) fn read<R: BufRead>(mut xml: Xml<R>, limits: &Limits) -> Result<Self, Finding> {
        xml.root("sst")?;
        // The counts on the root are the writer's claim and are not used.
        let mut texts = Vec::new();
        let mut bytes = 0;
        while xml.child()? {
            if xml.name() != "si" {
                xml.skip()?;
                continue;
            }
            let text = text::item(&mut xml)?;
            bytes += text.len() + KEEPING;
            if bytes > limits.string_bytes {
                return Err(over_limit("bytes of shared texts", "共享文本的字节数", limits.string_bytes));
            }
            texts.push(text.into());
        }
        xml.finish()?;
        Ok(Self { texts })
    }

    pub(crate) fn get(&self, index: usize) -> Option<Arc<str>> {
        self.texts.get(index).cloned()
    }
}
