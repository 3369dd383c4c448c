//! Whole files and forms: what cannot be opened, taken or held.

use super::{Entry, Page};

pub(super) static WRONG_FORM: Entry = Entry {
    en: Page {
        title: "The file is of another form",
        means: "The file does not fit the form it was checked with, or fits none of the forms that are known. \
                Its headings are too different.",
        matters: "Nothing in it can be checked or read until the right form is known.",
        mend: "Make sure that it is the right file. Name its form with --form ID; the forms there are: sheetform forms list. \
               If its headings were changed, change them back.",
        example: include_str!("examples/wrong-form.en.txt"),
    },
    zh: Page {
        title: "文件属于另一个表单",
        means: "文件与所用的表单不符，或与已知的表单都不符：表头相差太大。",
        matters: "确定表单之前，其中的内容既不能检查也不能读取。",
        mend: "请确认文件没有拿错。请用 --form ID 指定表单，可用的表单见：sheetform forms list。如果改动过表头，请改回来。",
        example: include_str!("examples/wrong-form.zh.txt"),
    },
};

pub(super) static OLD_VERSION: Entry = Entry {
    en: Page {
        title: "The file was made with an older version of the form",
        means: "The form has changed since this workbook was made. It was read with the present version.",
        matters: "Columns or lists that are new are missing in it; other findings of this file may come from that.",
        mend: "If there are other findings, move the content to a fresh workbook: sheetform template ID. If there are none, \
               the file can be taken as it is.",
        example: include_str!("examples/old-version.en.txt"),
    },
    zh: Page {
        title: "文件用的是旧版表单",
        means: "这个工作簿生成之后，表单已有改动。现按新版读取。",
        matters: "新版增加的列或选项它没有，本文件的其他问题可能由此而来。",
        mend: "如果还有其他问题，请把内容移到新的空白表中：sheetform template ID。如果没有，可以照常使用。",
        example: include_str!("examples/old-version.zh.txt"),
    },
};

pub(super) static NEWER_VERSION: Entry = Entry {
    en: Page {
        title: "The file was made with a newer version of the form",
        means: "The workbook belongs to a version of the form that is not known here yet.",
        matters: "What the newer version added would be lost or misread, so nothing is read.",
        mend: "Get the newer sheetform or the newer form, and name it with --form. Do not change the version by hand.",
        example: include_str!("examples/newer-version.en.txt"),
    },
    zh: Page {
        title: "文件用的是更新版本的表单",
        means: "这个工作簿属于更新版本的表单，本机还不认识。",
        matters: "新版增加的内容会丢失或读错，所以没有读取。",
        mend: "请更新 sheetform，或取得新版表单后用 --form 指定。请不要自行改动版本号。",
        example: include_str!("examples/newer-version.zh.txt"),
    },
};

pub(super) static NOT_A_WORKBOOK: Entry = Entry {
    en: Page {
        title: "The file is no workbook",
        means: "The name ends like a workbook's, but the content is something else: a text file, a picture, an older format, \
                or a file that was renamed.",
        matters: "There are no sheets in it to read.",
        mend: "Open it in your spreadsheet program and save it as an Excel workbook (.xlsx). Changing the name alone does \
               not change the file.",
        example: include_str!("examples/not-a-workbook.en.txt"),
    },
    zh: Page {
        title: "文件不是工作簿",
        means: "文件名的结尾像工作簿，内容却不是：可能是文本、图片、旧格式，或者是改了名的其他文件。",
        matters: "里面没有可以读取的工作表。",
        mend: "请用 Excel 或 WPS 打开，另存为 Excel 工作簿（.xlsx）。只改文件名并不会改变文件的内容。",
        example: include_str!("examples/not-a-workbook.zh.txt"),
    },
};

pub(super) static ENCRYPTED: Entry = Entry {
    en: Page {
        title: "The file is protected by a password",
        means: "The workbook is encrypted: it can be opened only with its password.",
        matters: "Nothing in it can be read, and passwords are never asked for or tried.",
        mend: "Open it in your spreadsheet program with the password, take the password off, and save it. \
               A password on a single sheet, against changes, does not matter.",
        example: include_str!("examples/encrypted.en.txt"),
    },
    zh: Page {
        title: "文件设有打开密码",
        means: "工作簿已加密，必须有密码才能打开。",
        matters: "里面的内容无法读取，程序不会询问也不会尝试密码。",
        mend: "请用 Excel 或 WPS 输入密码打开，取消打开密码后保存。仅防修改的工作表保护没有关系。",
        example: include_str!("examples/encrypted.zh.txt"),
    },
};

pub(super) static UNREADABLE: Entry = Entry {
    en: Page {
        title: "The file could not be read",
        means: "The file is damaged, cut off or, for JSON, written with a mistake in its marks. For JSON the line and column \
                are given where reading came to an end.",
        matters: "What comes after that place is not known, so nothing of the file is taken.",
        mend: "For a workbook, get it again from where it came, or open it and save it anew. For JSON, look at the place named \
               and a little before it: a comma, quote or bracket is missing or too many.",
        example: include_str!("examples/unreadable.en.txt"),
    },
    zh: Page {
        title: "文件无法读取",
        means: "文件已损坏、不完整，或者（对 JSON 来说）标点有误。对 JSON 会给出读不下去的行和列。",
        matters: "那之后的内容无从得知，所以整个文件都不采用。",
        mend: "如果是工作簿，请重新取得文件，或打开后重新保存。如果是 JSON，请查看所指位置及其前面一点：\
               逗号、引号或括号少了或多了。",
        example: include_str!("examples/unreadable.zh.txt"),
    },
};

pub(super) static OVER_LIMIT: Entry = Entry {
    en: Page {
        title: "Larger than what is read or written",
        means: "The file, or a part of it, goes beyond a fixed limit, for instance the 1,048,576 rows of a sheet. \
                The message names the limit.",
        matters: "The limits keep one file from taking all memory, and sheets within what spreadsheet programs can open.",
        mend: "Divide the content into several files. If the file should be small, it is damaged or was made to do harm: \
               get it again from a source you trust.",
        example: include_str!("examples/over-limit.en.txt"),
    },
    zh: Page {
        title: "超出读写上限",
        means: "文件或其中一部分超过了固定的上限，例如一张工作表最多 1,048,576 行。提示中会说明是哪一项上限。",
        matters: "设置上限，是为了不让一个文件占满内存，也保证生成的表能用表格软件打开。",
        mend: "请把内容分成几个文件。如果文件本来不大，可能已损坏或含有恶意内容，请从可靠来源重新取得。",
        example: include_str!("examples/over-limit.zh.txt"),
    },
};

pub(super) static CANNOT_HOLD: Entry = Entry {
    en: Page {
        title: "A value that cannot be held without loss",
        means: "A value would not come back as it was: a number with more digits than can be kept, a name given twice in one \
                object, a character that a sheet cannot hold. It is refused before anything is written.",
        matters: "A silent loss would be found late or never. An account number with its last digits gone is worthless.",
        mend: "Write long numbers as text, in double quotes. Where a name stands twice, remove or rename one.",
        example: include_str!("examples/cannot-hold.en.txt"),
    },
    zh: Page {
        title: "无法原样保存的值",
        means: "这个值存下去就还原不回来：数字位数过多、同一对象中键名重复，或者含有工作表存不了的字符。\
                在写出任何内容之前就已拒绝。",
        matters: "悄悄丢失往往很久以后才会发现，甚至永远发现不了。丢了末几位的账号毫无用处。",
        mend: "较长的号码请加双引号写成文本。键名重复的，请删去或改名其中一个。",
        example: include_str!("examples/cannot-hold.zh.txt"),
    },
};

pub(super) static BAD_FORM: Entry = Entry {
    en: Page {
        title: "A form that cannot be used",
        means: "The form itself has a mistake: an unknown key, a value of the wrong kind, a rule that cannot be understood. \
                Sheets were not looked at.",
        matters: "A form that is half understood would check only half.",
        mend: "This is for whoever wrote the form. Correct the place named, then run: sheetform forms check FILE. \
               If you only fill in sheets, tell whoever gave you the form.",
        example: include_str!("examples/bad-form.en.txt"),
    },
    zh: Page {
        title: "表单本身有误，不能使用",
        means: "表单里有错误：未知的键、类型不对的值，或无法理解的规则。因此没有检查任何工作表。",
        matters: "只看懂一半的表单，只能检查一半的内容。",
        mend: "这需要由编写表单的人处理：改正所指的位置，再运行 sheetform forms check FILE。\
               如果您只负责填表，请告知提供表单的人。",
        example: include_str!("examples/bad-form.zh.txt"),
    },
};
