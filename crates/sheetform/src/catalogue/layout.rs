//! The sheet: headings, labels, rows and titles that are missing, unknown or unclear.

use super::{Entry, Page};

pub(super) static MISSING_COLUMN: Entry = Entry {
    en: Page {
        title: "A column of the form is not on the sheet",
        means: "The heading of a column was not found in the head of the table. The finding stands on the first free cell \
                beside the headings.",
        matters: "Nothing can be read for this column, in no row.",
        mend: "Put the column back, with the heading as the message gives it. If it is there under another name, change the \
               name back. The order of columns does not matter.",
        example: include_str!("examples/missing-column.en.txt"),
    },
    zh: Page {
        title: "缺少表单中的列",
        means: "在表头中没有找到这一列的标题。问题标在表头右边第一个空单元格。",
        matters: "这一列的内容在每一行都读不到。",
        mend: "请补上这一列，标题与提示中一致。如果只是改了名，请改回来。各列的先后顺序没有关系。",
        example: include_str!("examples/missing-column.zh.txt"),
    },
};

pub(super) static UNKNOWN_COLUMN: Entry = Entry {
    en: Page {
        title: "A heading that the form does not know",
        means: "The table has a column that is not in the form.",
        matters: "Its cells are not read, and not in the result.",
        mend: "If it is a column of the form under another name, correct the heading. If it is your own note, it may stay: \
               nothing else is affected.",
        example: include_str!("examples/unknown-column.en.txt"),
    },
    zh: Page {
        title: "表单中没有的列",
        means: "表格中有一列不在表单里。",
        matters: "这一列不会读取，结果中也没有它。",
        mend: "如果它是表单中的某一列、只是换了名称，请改正标题。如果是自己加的记录，可以保留，不影响其他内容。",
        example: include_str!("examples/unknown-column.zh.txt"),
    },
};

pub(super) static AMBIGUOUS_HEADING: Entry = Entry {
    en: Page {
        title: "Headings that could belong to more than one column",
        means: "Two columns, or two tables, have the same headings, and the sheet does not show which is which.",
        matters: "Guessing could put values into the wrong column without anyone noticing. So nothing is guessed.",
        mend: "Give the columns their full headings as in the form, with the heading above them if there is one. \
               Delete a column that stands there twice. Between equal tables, put back the caption above each.",
        example: include_str!("examples/ambiguous-heading.en.txt"),
    },
    zh: Page {
        title: "标题不明确，可能对应多列",
        means: "有两列或两张表的标题相同，从表上看不出各是哪一个。",
        matters: "如果靠猜，内容可能放错列而无人察觉，所以不猜。",
        mend: "请按表单写全标题，有上级标题的一并写上。重复的列请删去一个。标题相同的两张表，请补上各自的表名。",
        example: include_str!("examples/ambiguous-heading.zh.txt"),
    },
};

pub(super) static AMBIGUOUS_SHEET: Entry = Entry {
    en: Page {
        title: "Two sheets that fit the form equally",
        means: "The workbook has more than one sheet with the headings of the form.",
        matters: "One of them may be an old copy. Taking the wrong one would be worse than asking.",
        mend: "Name the sheet: sheetform validate ledger.xlsx --sheet Ledger. Or delete the copy from the workbook.",
        example: include_str!("examples/ambiguous-sheet.en.txt"),
    },
    zh: Page {
        title: "有两张工作表同样符合表单",
        means: "工作簿中不止一张工作表带有这个表单的表头。",
        matters: "其中一张可能是旧的副本。与其取错，不如先问清楚。",
        mend: "请指定工作表：sheetform validate 台账.xlsx --sheet 台账。也可以从工作簿中删去副本。",
        example: include_str!("examples/ambiguous-sheet.zh.txt"),
    },
};

pub(super) static INFERRED_FORM: Entry = Entry {
    en: Page {
        title: "No form fitted, so one was inferred",
        means: "No form was named and none fits the sheet. The headings and values of the sheet itself were taken to say \
                what its columns are.",
        matters: "The sheet was converted, but nothing was checked: an inferred form knows no rules.",
        mend: "If there is a form for this sheet, name it: --form ID. The forms there are: sheetform forms list.",
        example: include_str!("examples/inferred-form.en.txt"),
    },
    zh: Page {
        title: "没有合适的表单，已自动推断",
        means: "没有指定表单，也没有哪个表单与这张表相符。程序按表上的标题和内容推断了各列的含义。",
        matters: "表格已经转换，但没有经过检查：推断出来的表单不含任何规则。",
        mend: "如果这张表有对应的表单，请用 --form ID 指定。可用的表单见：sheetform forms list。",
        example: include_str!("examples/inferred-form.zh.txt"),
    },
};

pub(super) static MISSING_LABEL: Entry = Entry {
    en: Page {
        title: "A required label is not on the sheet",
        means: "A value beside or below the table, such as the unit or the date, is found by its label. \
                This label is not on the sheet.",
        matters: "Without its label the value cannot be found, even if it stands there.",
        mend: "Write the label as the message gives it, and the value in the cell to its right or after a colon in the same \
               cell. Best start from a blank workbook: sheetform template ID.",
        example: include_str!("examples/missing-label.en.txt"),
    },
    zh: Page {
        title: "缺少必需的栏目名",
        means: "表格上方或下方的内容（如单位、日期）要靠栏目名来找。这张表上没有这个栏目名。",
        matters: "没有栏目名，即使填了内容也找不到。",
        mend: "请按提示写上栏目名，内容填在右边一格，或写在同一格的冒号之后。最好从空白表开始：sheetform template ID。",
        example: include_str!("examples/missing-label.zh.txt"),
    },
};

pub(super) static UNREAD_CELL: Entry = Entry {
    en: Page {
        title: "A filled cell that no part of the form takes",
        means: "Something stands in a cell outside everything the form describes, for instance a note beside the table.",
        matters: "It is not in the result. The rest of the sheet is read as usual.",
        mend: "If it belongs to the form, move it to its column or label. If it is a note of your own, it may stay.",
        example: include_str!("examples/unread-cell.en.txt"),
    },
    zh: Page {
        title: "有内容的单元格未被读取",
        means: "表单描述的范围之外有一格填了内容，例如表格旁边的一句记录。",
        matters: "它不在结果中，其余部分照常读取。",
        mend: "如果它属于表单，请移到相应的列或栏目。如果只是自己的记录，可以保留。",
        example: include_str!("examples/unread-cell.zh.txt"),
    },
};

pub(super) static TITLE_MISMATCH: Entry = Entry {
    en: Page {
        title: "The title says something else than the cells below",
        means: "A value stands in the title and in a cell of its own, such as the unit or the year, and the two differ. \
                The cell is what counts.",
        matters: "It often happens when last year's sheet is used again. One of the two is out of date.",
        mend: "Correct the title, or the cell if the title is right.",
        example: include_str!("examples/title-mismatch.en.txt"),
    },
    zh: Page {
        title: "标题与下面的内容不一致",
        means: "同一内容（如单位、年度）既写在标题里，又填在单元格中，两处不同。读取时以单元格为准。",
        matters: "沿用去年的表格时常会这样，两处中必有一处没有更新。",
        mend: "请改正标题；如果标题是对的，请改正单元格。",
        example: include_str!("examples/title-mismatch.zh.txt"),
    },
};

pub(super) static SKIPPED_ROW: Entry = Entry {
    en: Page {
        title: "A row that is no record",
        means: "The row lies within the table but was not taken as a record: a subtotal, a section heading, a note, or a row \
                with nothing but a serial number.",
        matters: "It is not in the result. You are told so that no row disappears unseen.",
        mend: "If the row is no record, leave it. If it is one, fill in its cells under the headings.",
        example: include_str!("examples/skipped-row.en.txt"),
    },
    zh: Page {
        title: "不是记录的行",
        means: "这一行在表格之内，但没有当作记录：它是小计、分节标题、说明，或者只有序号。",
        matters: "它不在结果中。之所以说明，是为了不让任何一行悄悄消失。",
        mend: "如果它本来就不是记录，不必处理。如果是，请把内容填在各列标题之下。",
        example: include_str!("examples/skipped-row.zh.txt"),
    },
};

pub(super) static SKIPPED_SHEET: Entry = Entry {
    en: Page {
        title: "A sheet that is not read",
        means: "The workbook has several sheets with something in them, and one of them was read. This one does not have \
                the form's head, or another has more of it.",
        matters: "What stands on it is not in the result.",
        mend: "Nothing needs mending where it holds notes or lists. To read it all the same, name it with --sheet.",
        example: include_str!("examples/skipped-sheet.en.txt"),
    },
    zh: Page {
        title: "未读取的工作表",
        means: "工作簿里有几张工作表有内容，只读取了其中一张。这一张没有表单的表头，或另一张更符合。",
        matters: "这张表上的内容不在结果中。",
        mend: "如果只是说明或代码表，不必处理。要读取它，请用 --sheet 指定。",
        example: include_str!("examples/skipped-sheet.zh.txt"),
    },
};

pub(super) static HIDDEN_CELLS: Entry = Entry {
    en: Page {
        title: "Hidden rows or columns that were read",
        means: "Rows or columns of the table are hidden, by hand or by a filter. They are part of the sheet and were read as \
                all others.",
        matters: "What nobody sees is in the result all the same: an old record, or a column with working figures.",
        mend: "If they belong there, leave them. If not, show them and delete them.",
        example: include_str!("examples/hidden-cells.en.txt"),
    },
    zh: Page {
        title: "读取了隐藏的行或列",
        means: "表中有隐藏的行或列（手工隐藏或筛选）。它们仍是表的一部分，与其他行列一样读取。",
        matters: "看不见的内容也在结果中，例如旧记录或核算用的列。",
        mend: "如果应当保留，不必处理。如果不是，请取消隐藏后删除。",
        example: include_str!("examples/hidden-cells.zh.txt"),
    },
};
