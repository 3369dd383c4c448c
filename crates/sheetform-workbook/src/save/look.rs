//! How cells look: a form as an office would have made it. Knows nothing of what they hold.

use std::collections::HashMap;

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, FormatUnderline};
use sheetform::new_book::{Align, Look, Role};

/// The look of a cell that has none.
pub(super) const PLAIN: Look = Look { role: Role::Note, align: Align::General, format: None, wrap: false, open: false };

/// Light grey-blue, under labels and headings.
const FILL: Color = Color::RGB(0x00E4_EBF3);

/// What is well, doubtful and wrong; told apart on a printer without colours too.
const GOOD: Color = Color::RGB(0x00E2_F0DA);
const DOUBTFUL: Color = Color::RGB(0x00FF_F5CC);
const BAD: Color = Color::RGB(0x00F5_C1BC);
/// As Excel colours links.
const LINK: Color = Color::RGB(0x0005_63C1);

/// Song, as Chinese offices print; named in Chinese, as Excel does in a Chinese workbook.
const BODY: &str = "宋体";
const TITLE: &str = "黑体";
/// The font charset of simplified Chinese (GB 2312): a machine without the font chooses one that has the characters.
const GB2312: u8 = 134;
/// The font family that Excel gives both.
const MODERN: u8 = 3;
/// The built-in id of `@`: some programs know a text column only by it.
const TEXT_FORMAT: u8 = 49;

/// The format that every other begins with.
pub(super) fn base() -> Format {
    let format = Format::new().set_font_name(BODY).set_font_size(11).set_font_family(MODERN).set_font_charset(GB2312);
    format.set_align(FormatAlign::VerticalCenter)
}

/// Formats already made.
#[derive(Default)]
pub(super) struct Looks {
    formats: HashMap<Look, Format>,
}

impl Looks {
    pub(super) fn format(&mut self, look: &Look) -> &Format {
        // Looking up twice spares copying the look of every cell.
        if !self.formats.contains_key(look) {
            self.formats.insert(look.clone(), format(look));
        }
        &self.formats[look]
    }
}

fn format(look: &Look) -> Format {
    let mut format = match look.role {
        Role::Title => base().set_font_name(TITLE).set_font_size(18).set_bold(),
        Role::Caption => base().set_bold(),
        Role::Label | Role::Head => framed(base().set_bold().set_background_color(FILL)),
        Role::Value => framed(base()),
        Role::Total => framed(base().set_bold()),
        Role::Note => base(),
        Role::Good => framed(base().set_background_color(GOOD)),
        Role::Doubtful => framed(base().set_background_color(DOUBTFUL)),
        Role::Bad => framed(base().set_background_color(BAD)),
        Role::Link => framed(base().set_font_color(LINK).set_underline(FormatUnderline::Single)),
    };
    let align = match (look.align, look.role) {
        (Align::Left, _) | (Align::General, Role::Caption) => Some(FormatAlign::Left),
        (Align::Center, _) | (Align::General, Role::Title | Role::Head) => Some(FormatAlign::Center),
        (Align::Right, _) => Some(FormatAlign::Right),
        (Align::General, _) => None,
    };
    if let Some(align) = align {
        format = format.set_align(align);
    }
    format = match look.format.as_deref() {
        Some("@") => text(format),
        Some(code) => format.set_num_format(code),
        None => format,
    };
    if look.wrap {
        format = format.set_text_wrap();
    }
    if look.open {
        format = format.set_unlocked();
    }
    format
}

/// In text format.
pub(super) fn text(format: Format) -> Format {
    format.set_num_format_index(TEXT_FORMAT)
}

fn framed(format: Format) -> Format {
    format.set_border(FormatBorder::Thin)
}
