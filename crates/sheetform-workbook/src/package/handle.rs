//! One file read from several places at once. Every clone has its own position; the file itself is opened once, so
//! that a part read later comes from the same file even when another took its name meanwhile.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A position in a shared file.
#[derive(Clone)]
pub(crate) struct Handle {
    file: Arc<Mutex<Box<dyn ReadSeek>>>,
    at: u64,
    length: u64,
}

impl Handle {
    pub(crate) fn new(mut file: impl Read + Seek + Send + 'static) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        Ok(Self { file: Arc::new(Mutex::new(Box::new(file))), at: 0, length })
    }

    /// The same file from its beginning.
    pub(crate) fn rewound(&self) -> Self {
        Self { at: 0, ..self.clone() }
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }
}

impl Read for Handle {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A panic elsewhere leaves no half-done state behind: every read seeks first.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Handle {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
