//! What people use instead, where it is installed: the same work, as its manual has it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{Work, beside};

/// polars reads the sheet and writes JSON lines; nothing is checked.
const POLARS: &str = "
import sys, polars as pl
pl.read_excel(sys.argv[1], read_options={'header_row': 2}).write_ndjson(sys.argv[2])
";

/// openpyxl reads row by row, a pydantic model checks each.
const PYDANTIC: &str = "
import sys, json, datetime, enum, openpyxl, pydantic
class Status(str, enum.Enum):
    a = '在用'; b = '停用'; c = '报废'
class Item(pydantic.BaseModel):
    serial: int; asset_no: str; name: str; model: str | None; bought_on: datetime.date; cost: float
    status: Status; location: str; owner: str; next_check: datetime.date | None
names = list(Item.model_fields)
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True).worksheets[0]
with open(sys.argv[2], 'w') as out:
    for row in sheet.iter_rows(min_row=4, values_only=True):
        item = Item(**{n: v.date() if isinstance(v, datetime.datetime) else v for n, v in zip(names, row)})
        out.write(item.model_dump_json() + '\\n')
";

/// `XlsxWriter` writes the JSON in constant memory, with the same formats.
const XLSXWRITER: &str = "
import sys, json, datetime, xlsxwriter
book = xlsxwriter.Workbook(sys.argv[2], {'constant_memory': True})
sheet = book.add_worksheet()
text, date = book.add_format({'num_format': '@'}), book.add_format({'num_format': 'yyyy-mm-dd'})
day = datetime.date.fromisoformat
for r, item in enumerate(json.load(open(sys.argv[1]))['entries']):
    for c, (name, value) in enumerate(item.items()):
        if name in ('bought_on', 'next_check'): sheet.write_datetime(r, c, day(value), date)
        elif isinstance(value, str): sheet.write_string(r, c, value, text)
        else: sheet.write_number(r, c, value)
book.close()
";

/// frictionless checks the sheet against a table schema.
const FRICTIONLESS: &str = "
import sys, frictionless
from frictionless import Dialect, Resource, Schema, formats, system
fields = [('序号', 'integer'), ('资产编号', 'string'), ('设备名称', 'string'), ('规格型号', 'string'), ('购置日期', 'date'),
          ('原值（元）', 'number'), ('使用状态', 'string'), ('存放地点', 'string'), ('责任人', 'string'), ('下次检验日期', 'date')]
schema = Schema.from_descriptor({'fields': [{'name': n, 'type': t} for n, t in fields]})
with system.use_context(trusted=True):
    resource = Resource(path=sys.argv[1], schema=schema, dialect=Dialect(header_rows=[3]))
    report = resource.validate(limit_errors=10)
assert report.tasks[0].stats['rows'] > 0
";

/// flatten-tool makes JSON of the sheet; nothing is checked.
const FLATTEN: &str = "
import sys, flattentool
flattentool.unflatten(sys.argv[1], input_format='xlsx', output_name=sys.argv[2], root_is_list=False,
                      default_configuration='headerrows 1,skiprows 2', root_id='')
";

/// `SheetJS` reads the sheet, ajv checks each row.
const SHEETJS: &str = "
const XLSX = require('xlsx'), Ajv = require('ajv'), fs = require('fs');
const names = ['serial','asset_no','name','model','bought_on','cost','status','location','owner','next_check'];
const of = type => ({ type });
const check = new (Ajv.default || Ajv)().compile({ type: 'object', required: names.slice(0, 9), properties: {
  serial: of('integer'), asset_no: of('string'), name: of('string'), model: of('string'), cost: of('number'),
  status: { enum: ['在用', '停用', '报废'] }, location: of('string'), owner: of('string') } });
const book = XLSX.readFile(process.argv[2], { cellDates: true, dense: true });
const rows = XLSX.utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: names, range: 3 });
for (const row of rows) if (!check(row)) throw new Error(JSON.stringify(check.errors));
fs.writeFileSync(process.argv[3], JSON.stringify(rows));
";

/// The others: what to run, or the name of what is not installed.
pub(super) fn all(folder: &Path, book: &Path, json: &Path) -> Vec<Result<Work, String>> {
    let python = std::env::var("SHEETFORM_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let (book, json) = (book.to_string_lossy(), json.to_string_lossy());
    let out = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let python = |name: &str, file: &str, needs: &str, script: &str, arguments: [&str; 2]| {
        let found = runs(&python, &["-c", &format!("import {needs}")]);
        let script = beside(folder, file, script).to_string_lossy().into_owned();
        let command = [&[python.as_str(), script.as_str()], arguments.as_slice()].concat();
        found.then(|| Work::new(name, &command)).ok_or_else(|| name.to_owned())
    };
    let sheetjs = "SheetJS with ajv, xlsx to json";
    let script = beside(folder, "sheetjs.js", SHEETJS).to_string_lossy().into_owned();
    let node = runs("node", &["-e", "require('xlsx'); require('ajv')"]);
    let node = node.then(|| Work::new(sheetjs, &["node", &script, &book, &out("sheetjs.json")]));
    vec![
        python("polars, xlsx to ndjson, unchecked", "p.py", "polars, fastexcel", POLARS, [&book, &out("p.ndjson")]),
        python(
            "openpyxl with pydantic, xlsx to jsonl",
            "o.py",
            "openpyxl, pydantic",
            PYDANTIC,
            [&book, &out("o.jsonl")],
        ),
        python("XlsxWriter, json to xlsx", "x.py", "xlsxwriter", XLSXWRITER, [&json, &out("x.xlsx")]),
        python("frictionless, validate", "f.py", "frictionless, openpyxl", FRICTIONLESS, [&book, ""]),
        python("flatten-tool, xlsx to json, unchecked", "t.py", "flattentool", FLATTEN, [&book, &out("t.json")]),
        node.ok_or_else(|| sheetjs.to_owned()),
    ]
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
