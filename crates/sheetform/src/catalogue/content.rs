//! Cells: totals, serial numbers, and values that a cell cannot give or gives in another form.

use super::{Entry, Page};

pub(super) static TOTAL_MISMATCH: Entry = Entry {
    en: Page {
        title: "A total differs from what its column adds up to",
        means: "The total row shows another number than the rows above it give when they are added up exactly. \
                Fifteen digits count. What a spreadsheet's own sum is off by after that, growing with the rows, \
                is no difference while it is below half a unit of the column's last decimal.",
        matters: "Either the total or one of the rows is wrong, and readers rely on both.",
        mend: "Check the rows first: a row may have been added or changed after the total was typed. \
               Then correct the total, best by a formula such as =SUM(B2:B3).",
        example: include_str!("examples/total-mismatch.en.txt"),
    },
    zh: Page {
        title: "合计与明细不符",
        means: "合计行的数字与上面各行精确相加的结果不同。比较前十五位有效数字；表格软件自身求和的误差会随行数增加，\
                只要不到该列末位小数的一半，就不算不同。",
        matters: "合计和明细必有一处是错的，而看表的人两处都会用到。",
        mend: "请先核对明细：可能在填写合计之后又增加或修改了某一行。然后改正合计，最好用公式，如 =SUM(B2:B3)。",
        example: include_str!("examples/total-mismatch.zh.txt"),
    },
};

pub(super) static WRONG_SERIAL: Entry = Entry {
    en: Page {
        title: "A serial number out of line",
        means: "Serial numbers run 1, 2, 3 from the top of the table to its end, and this one is another.",
        matters: "A gap may mean that a row was lost on the way. A number used twice makes it unclear which row is meant.",
        mend: "Make sure that no row is missing. Then number the rows again from 1.",
        example: include_str!("examples/wrong-serial.en.txt"),
    },
    zh: Page {
        title: "序号不连续",
        means: "序号应从 1 开始依次编到表末，这里的序号对不上。",
        matters: "中间缺号，可能是丢了一行；号码重复，则说不清指的是哪一行。",
        mend: "请先确认没有漏行，再从 1 开始重新编号。",
        example: include_str!("examples/wrong-serial.zh.txt"),
    },
};

pub(super) static DAMAGED_NUMBER: Entry = Entry {
    en: Page {
        title: "A number cell that has lost digits",
        means: "A long number was typed into a cell that holds numbers. The spreadsheet keeps only 15 digits and puts \
                zeros in place of the rest.",
        matters: "The digits are gone from the file. An account or identity number that ends in 000 is most likely wrong.",
        mend: "Set the cell's format to Text first, then type the number again from its source. \
               Changing the format afterwards does not bring the digits back.",
        example: include_str!("examples/damaged-number.en.txt"),
    },
    zh: Page {
        title: "数字单元格丢失了数位",
        means: "较长的号码填进了数字格式的单元格。电子表格只保留前 15 位，后面的都变成了 0。",
        matters: "丢失的数位在文件里已经不存在。末尾是 000 的账号或身份证号多半是错的。",
        mend: "请先把单元格格式设为“文本”，再按原始资料重新输入。事后再改格式，丢掉的数位也回不来。",
        example: include_str!("examples/damaged-number.zh.txt"),
    },
};

pub(super) static UNCACHED_FORMULA: Entry = Entry {
    en: Page {
        title: "A formula without a stored value",
        means: "The cell holds a formula, but the file does not hold its result. Files written by a program and never \
                opened in a spreadsheet are like that.",
        matters: "Formulas are not calculated here: the value that people see is taken from the file, and there is none.",
        mend: "Open the workbook in your spreadsheet program, let it calculate, and save it. Or type the value instead.",
        example: include_str!("examples/uncached-formula.en.txt"),
    },
    zh: Page {
        title: "公式没有保存结果",
        means: "单元格里是公式，但文件中没有存下它的计算结果。由程序生成、从未用表格软件打开过的文件就会这样。",
        matters: "本工具不计算公式，只取文件中保存的结果，而这里没有结果。",
        mend: "请用 Excel 或 WPS 打开文件，待其计算完成后保存。也可以直接填写数值。",
        example: include_str!("examples/uncached-formula.zh.txt"),
    },
};

pub(super) static ERROR_CELL: Entry = Entry {
    en: Page {
        title: "A cell that holds an error",
        means: "The cell shows an error such as #N/A, #REF! or #DIV/0!: its formula found nothing, or what it refers to \
                is gone.",
        matters: "There is no value to read, and every sum over this cell is an error too.",
        mend: "Repair the formula, or replace it by the value. Rows or sheets deleted in the meantime are the usual cause.",
        example: include_str!("examples/error-cell.en.txt"),
    },
    zh: Page {
        title: "单元格为错误值",
        means: "单元格显示 #N/A、#REF! 或 #DIV/0! 等错误：公式查不到内容，或引用的位置已不存在。",
        matters: "这里没有值可读，凡是用到这一格的合计也都会出错。",
        mend: "请修复公式，或直接填写数值。最常见的原因是引用的行或工作表已被删除。",
        example: include_str!("examples/error-cell.zh.txt"),
    },
};

pub(super) static CONVERTED: Entry = Entry {
    en: Page {
        title: "A value was read as another type than its cell has",
        means: "The cell holds the value in another way than the form does: a number typed as text, \"yes\" for true, \
                85% for 0.85. Or a heading has a unit in brackets that the form does not have. It was understood, and the \
                message says from what to what.",
        matters: "Nothing was lost, and nothing must be done. You are told so that no reading happens behind your back.",
        mend: "If the value was understood rightly, leave it. If not, type it the way the form asks for it.",
        example: include_str!("examples/converted.en.txt"),
    },
    zh: Page {
        title: "值按另一种类型读取",
        means: "单元格中的写法与表单要求的类型不同：数字存成了文本、用“是”表示真、用 85% 表示 0.85。\
                或者表头多了一个括号里的单位。程序已经读懂，并说明由什么读成了什么。",
        matters: "没有丢失内容，也不必处理。之所以说明，是为了让每一次转换都有据可查。",
        mend: "如果理解正确，无须改动。如果不对，请按表单要求的写法重填。",
        example: include_str!("examples/converted.zh.txt"),
    },
};

pub(super) static EDGE_BLANK: Entry = Entry {
    en: Page {
        title: "A text that begins or ends with blanks",
        means: "There are blanks or line breaks before or after the text. They cannot be seen, but they are part of it.",
        matters: "\"Smith\" and \"Smith \" look alike and are two different texts when they are searched or compared.",
        mend: "Delete the blanks at both ends. They often come along when a text is copied.",
        example: include_str!("examples/edge-blank.en.txt"),
    },
    zh: Page {
        title: "文本首尾有空格",
        means: "文本的开头或末尾有空格或换行。它们看不见，却是文本的一部分。",
        matters: "“张工”与“张工 ”看起来一样，查找和比对时却是两个不同的文本。",
        mend: "请删去首尾的空格。它们多半是复制时带进来的。",
        example: include_str!("examples/edge-blank.zh.txt"),
    },
};

pub(super) static PROMPT_LEFT: Entry = Entry {
    en: Page {
        title: "A prompt left where a value belongs",
        means: "The cell still holds the text that says what to fill in: the form's own note, a line such as \
                \"(choose from the list)\", or a sign that stands for a value, such as XXX or {{name}}.",
        matters: "It is read as a text like any other, and so passes for a value.",
        mend: "Write the value in its place, or empty the cell where there is none.",
        example: include_str!("examples/prompt-left.en.txt"),
    },
    zh: Page {
        title: "提示文字未改填",
        means: "单元格里仍是提示填写的文字：表单自己的说明、“（从下拉框选择）”一类的话，或代替内容的 XXX、{{name}} 等。",
        matters: "它会像普通文本一样被读入，被当成已经填好的内容。",
        mend: "请改填实际内容；没有内容时请清空此格。",
        example: include_str!("examples/prompt-left.zh.txt"),
    },
};

pub(super) static NOT_CHECKED: Entry = Entry {
    en: Page {
        title: "A rule could not be checked for want of a date or a file",
        means: "A rule compares with today's date, and nobody said which day that is. The clock is never used, so that \
                the same file gives the same result tomorrow. Or a rule looks something up in another file, such as \
                a roster, and the file was not given.",
        matters: "What depends on that day or file, such as \"overdue\" or \"not on the roster\", has not been checked.",
        mend: "Say which day counts as today: sheetform validate ledger.xlsx --as-of 2026-03-31. \
               Or fill in the date on the sheet, where the form has a place for it. \
               Give the file under the name in the message: --with staff=staff.xlsx.",
        example: include_str!("examples/not-checked.en.txt"),
    },
    zh: Page {
        title: "缺少日期或所查的文件，规则未检查",
        means: "有一条规则要与“今天”比较，但没有指定今天是哪一天。程序从不使用系统时间，以保证同一文件明天检查结果也一样。\
                或者规则要到另一个文件（例如人员名单）中查找，而没有给出该文件。",
        matters: "与这一天或该文件有关的内容（例如“逾期”“不在名单中”）没有检查。",
        mend: "请指定日期：sheetform validate 台账.xlsx --as-of 2026-03-31。如果表上有填写日期的位置，也可以填在表上。\
               所查的文件按提示中的名称给出：--with staff=名单.xlsx。",
        example: include_str!("examples/not-checked.zh.txt"),
    },
};
