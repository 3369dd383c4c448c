//! Rows as they stand in a sheet, on their way to who takes them: what a cell refers to is still a number. So they can
//! go from thread to thread without a word between the threads about each text and format that cells share.

use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;

use sheetform::finding::Finding;
use sheetform::grid::{Cell, Content, Formula, Row};

use super::sheet::Context;
use crate::fault::unreadable_file;

/// Some rows of a sheet, top to bottom.
#[derive(Default)]
pub(crate) struct Stretch {
    rows: Vec<Head>,
    cells: Vec<Found>,
    /// How many of the cells are in `rows`.
    in_rows: usize,
    /// Bytes of memory that they take, about.
    bytes: usize,
}

struct Head {
    index: u32,
    hidden: bool,
    cells: usize,
}

/// A cell that holds something.
pub(crate) struct Found {
    pub(crate) column: u32,
    /// Its cell format, by number; one that does not exist is General.
    pub(crate) style: u32,
    pub(crate) holds: Holds,
}

/// What a cell holds.
pub(crate) enum Holds {
    /// A shared text, by its number; there is one of this number.
    Shared(u32),
    /// What is in it itself.
    Content(Content),
    /// What is more than a content and a cell format.
    Cell(Box<Cell>),
}

impl Stretch {
    /// Where the cells of the next row go, left to right.
    pub(crate) fn cells(&mut self) -> &mut Vec<Found> {
        &mut self.cells
    }

    /// Forgets the cells of the next row.
    pub(crate) fn forget(&mut self) {
        self.cells.truncate(self.in_rows);
    }

    /// Ends the row whose cells were put there; whether it has any.
    pub(crate) fn end_row(&mut self, index: u32, hidden: bool) -> bool {
        let cells = self.cells.get(self.in_rows..).unwrap_or_default();
        let count = cells.len();
        if count > 0 {
            self.bytes += cells.iter().map(Found::bytes).sum::<usize>();
            self.rows.push(Head { index, hidden, cells: count });
            self.in_rows = self.cells.len();
        }
        count > 0
    }

    /// Gives its rows until `each` breaks; then it is empty.
    pub(crate) fn drain(
        &mut self,
        context: &Context<'_>,
        each: &mut dyn FnMut(Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        (self.in_rows, self.bytes) = (0, 0);
        let mut cells = self.cells.drain(..);
        for Head { index, hidden, cells: count } in self.rows.drain(..) {
            let mut row = Row { index, hidden, cells: Vec::with_capacity(count) };
            row.cells.extend(cells.by_ref().take(count).map(|found| (found.column, found.cell(context))));
            each(row)?;
        }
        ControlFlow::Continue(())
    }
}

impl Found {
    /// The style of a cell that names none.
    pub(crate) const NO_STYLE: u32 = u32::MAX;

    /// One with all there is to it.
    pub(crate) fn whole(column: u32, cell: Cell) -> Self {
        Self { column, style: Self::NO_STYLE, holds: Holds::Cell(Box::new(cell)) }
    }

    fn bytes(&self) -> usize {
        let of_content = |content: &Content| match content {
            Content::Text(text) | Content::Error(text) => text.len(),
            _ => 0,
        };
        let apart = match &self.holds {
            Holds::Shared(_) => 0,
            Holds::Content(content) => of_content(content),
            Holds::Cell(cell) => {
                let formula = cell.formula.as_ref().map_or(0, |formula| size_of::<Formula>() + formula.text.len());
                size_of::<Cell>() + of_content(&cell.content) + formula
            }
        };
        size_of::<Self>() + apart
    }

    fn cell(self, book: &Context<'_>) -> Cell {
        let content = match self.holds {
            Holds::Shared(number) => book.strings.get(number as usize).map(Content::Text).unwrap_or_default(),
            Holds::Content(content) => content,
            Holds::Cell(cell) => return *cell,
        };
        Cell { content, format: book.styles.get(self.style as usize), formula: None }
    }
}

/// Bytes of cells that go to another thread at once.
const HANDED: usize = 64 << 10;
/// Stretches that wait to be taken, at most.
const WAITING: usize = 8;

/// Takes rows while another thread reads ahead of it, as [`sheet::read_into`](super::sheet::read_into) does. A few
/// stretches go back and forth, so that memory stays bounded; either side ends when the other does. None where no thread
/// is to be had, or where it would have no core of its own.
pub(crate) fn ahead<T: Send>(
    context: &Context<'_>,
    read: impl FnOnce(&mut Stretch, &mut dyn FnMut(&mut Stretch) -> ControlFlow<()>) -> Result<Option<T>, Finding> + Send,
    each: &mut dyn FnMut(Row) -> ControlFlow<()>,
) -> Option<Result<Option<T>, Finding>> {
    if !std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1) {
        return None;
    }
    let (to_take, full) = sync_channel::<Stretch>(WAITING);
    let (to_fill, empty) = sync_channel::<Stretch>(WAITING + 2);
    let reading = move || {
        let mut stretch = Stretch::default();
        let hand_on = |stretch: &mut Stretch| {
            let next = empty.try_recv().unwrap_or_default();
            match to_take.send(std::mem::replace(stretch, next)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        };
        let read = read(&mut stretch, &mut |stretch| {
            if stretch.bytes < HANDED { ControlFlow::Continue(()) } else { hand_on(stretch) }
        });
        // Rows before a fault are given too.
        stretch.forget();
        match hand_on(&mut stretch) {
            ControlFlow::Continue(()) => read,
            ControlFlow::Break(()) => Ok(None),
        }
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().spawn_scoped(scope, reading).ok()?;
        while let Ok(mut stretch) = full.recv() {
            if stretch.drain(context, each).is_break() {
                drop(full);
                return Some(Ok(None));
            }
            // Where it is not wanted back it is dropped.
            _ = to_fill.try_send(stretch);
        }
        Some(thread.join().unwrap_or_else(|_| Err(unreadable_file("its reading was broken off", "读取中断"))))
    })
}

#[cfg(test)]
mod tests {
    use sheetform::finding::Code;

    use super::super::strings::Strings;
    use super::super::styles::Styles;
    use super::*;
    use crate::Limits;

    /// Reads so many rows, each with its number, and then ends or fails; stops after so many.
    fn through(count: u32, fails: bool, most: usize) -> (Vec<u32>, Option<Result<Option<u32>, Finding>>) {
        let (strings, styles, limits) = (Strings::default(), Styles::default(), Limits::default());
        let context = Context { strings: &strings, styles: &styles, date1904: false, limits: &limits };
        let read = |stretch: &mut Stretch, each: &mut dyn FnMut(&mut Stretch) -> ControlFlow<()>| {
            for index in 0..count {
                stretch.cells().push(Found::whole(0, Cell::text(&"文".repeat(100))));
                if stretch.end_row(index, false) && each(stretch).is_break() {
                    return Ok(None);
                }
            }
            // A row that was begun is none.
            stretch.cells().push(Found::whole(0, Cell::default()));
            if fails { Err(unreadable_file("cut", "断")) } else { Ok(Some(count)) }
        };
        let mut rows = Vec::new();
        let end = ahead(&context, read, &mut |row| {
            assert_eq!(row.cells, [(0, Cell::text(&"文".repeat(100)))]);
            rows.push(row.index);
            if rows.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        (rows, end)
    }

    #[test]
    fn rows_come_in_order_and_before_what_ends_them() {
        if std::thread::available_parallelism().is_ok_and(|cores| cores.get() == 1) {
            return assert!(through(1, false, 2).1.is_none());
        }
        for count in [0, 1, 1000, 20_000] {
            let all: Vec<u32> = (0..count).collect();
            assert_eq!(through(count, false, usize::MAX), (all.clone(), Some(Ok(Some(count)))));
            let (rows, end) = through(count, true, usize::MAX);
            assert_eq!((rows, end.unwrap().unwrap_err().code), (all, Code::Unreadable));
        }
        for most in [1, 999, 10_000] {
            assert_eq!(through(20_000, true, most), ((0..most as u32).collect(), Some(Ok(None))));
        }
    }
}
