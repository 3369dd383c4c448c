//! Bytes written to a file by a thread of their own, so that who makes them need not wait for the disk.

use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Bytes that are written at once. Fewer than that are no thread's work.
const PIECE: usize = 256 << 10;
/// Pieces that wait to be written, at most.
const WAITING: usize = 4;
/// Bytes after which the disk is asked to have them, so that little is left to wait for in the end.
const ASKED: usize = 8 << 20;

/// A file that is written behind who fills it. What was written is in the file for sure once [`Behind::into_file`] says
/// so.
pub(crate) struct Behind {
    piece: Vec<u8>,
    side: Side,
    synced: bool,
}

enum Side {
    /// Nothing was handed on yet.
    Here(File),
    There(Writer),
    /// An error was said.
    Nowhere,
}

struct Writer {
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
    ends: JoinHandle<io::Result<File>>,
}

impl Behind {
    /// With `synced` the disk has nearly all of it in the end.
    pub(crate) fn new(file: File, synced: bool) -> Self {
        Self { piece: Vec::new(), side: Side::Here(file), synced }
    }

    /// The file with all that was written, at its end.
    pub(crate) fn into_file(mut self) -> io::Result<File> {
        match self.side {
            Side::Here(mut file) => file.write_all(&self.piece).map(|()| file),
            Side::There(_) => {
                self.hand_on()?;
                let Side::There(Writer { full, ends, .. }) = self.side else { return Err(gone()) };
                drop(full);
                joined(ends)
            }
            Side::Nowhere => Err(gone()),
        }
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let writer = match std::mem::replace(&mut self.side, Side::Nowhere) {
            Side::There(writer) => writer,
            Side::Here(file) => started(file, self.synced)?,
            Side::Nowhere => return Err(gone()),
        };
        let mut next = writer.empty.try_recv().unwrap_or_default();
        next.clear();
        if writer.full.send(std::mem::replace(&mut self.piece, next)).is_err() {
            // It ended before its time: it says why.
            return joined(writer.ends).and(Err(gone()));
        }
        self.side = Side::There(writer);
        Ok(())
    }
}

impl Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.hand_on()?;
        }
        Ok(bytes.len())
    }

    /// Does nothing: see [`Behind::into_file`].
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn started(mut file: File, synced: bool) -> io::Result<Writer> {
    let (full, to_write) = sync_channel::<Vec<u8>>(WAITING);
    let (written, empty) = sync_channel(WAITING + 2);
    let write = move || {
        let mut waiting = 0;
        for piece in to_write {
            file.write_all(&piece)?;
            waiting += piece.len();
            if synced && waiting >= ASKED {
                file.sync_data()?;
                waiting = 0;
            }
            // Where it is not wanted back it is dropped.
            _ = written.try_send(piece);
        }
        Ok(file)
    };
    let ends = std::thread::Builder::new().spawn(write)?;
    Ok(Writer { full, empty, ends })
}

fn joined(ends: JoinHandle<io::Result<File>>) -> io::Result<File> {
    ends.join().unwrap_or_else(|_| Err(gone()))
}

fn gone() -> io::Error {
    io::Error::other("its writing was broken off")
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Seek as _};

    use super::*;

    #[test]
    fn all_bytes_are_in_the_file() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 11 * PIECE + 77] {
            let bytes: Vec<u8> = (0..length).map(|at| (at * 31 / 7) as u8).collect();
            let mut behind = Behind::new(tempfile::tempfile().unwrap(), true);
            for piece in bytes.chunks(1000) {
                behind.write_all(piece).unwrap();
            }
            let mut file = behind.into_file().unwrap();
            assert_eq!(file.stream_position().unwrap(), length as u64);
            file.rewind().unwrap();
            let mut read = Vec::new();
            file.read_to_end(&mut read).unwrap();
            assert!(read == bytes, "{length}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_error_is_said_once_at_the_latest_at_the_end() {
        let write = |length: usize| {
            let full = File::options().write(true).open("/dev/full").unwrap();
            let mut behind = Behind::new(full, false);
            for _ in 0..length / 1000 {
                behind.write_all(&[7; 1000])?;
            }
            behind.into_file().map(|_| ())
        };
        for length in [1000, PIECE, 4 * PIECE, 40 * PIECE] {
            assert_eq!(write(length).unwrap_err().kind(), io::ErrorKind::StorageFull, "{length}");
        }
    }
}
