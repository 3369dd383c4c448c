"""Workbooks as openpyxl writes them, and two workbooks held against each other as openpyxl reads them.

    programs.py make FOLDER
    programs.py save FOLDER FILE...          opens each and saves it into the folder
    programs.py compare JOBS.json            prints what differs; a job is two files and, of each sheet, the cells that
                                             must be marked in the second, or null
"""

import datetime
import io
import json
import os
import sys
import warnings

import openpyxl
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table, TableStyleInfo


def ledger(rows=40):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账 'A' 1"
    sheet.append(["序号", "部位", "日期", "金额", "合计"])
    for row in range(rows):
        day = datetime.date(2026, 1, 1) + datetime.timedelta(days=row)
        sheet.append([row + 1, f"部位{row}", day, row * 1.5, f"=D{row + 2}*2"])
    return book, sheet


def styled():
    book, sheet = ledger()
    thin = Side(style="thin", color="FF336699")
    for number, cell in enumerate(sheet[1]):
        cell.font = Font(name="黑体", bold=True, color="FFFFFFFF", size=12 + number)
        cell.fill = PatternFill("solid", fgColor=f"FF{number * 40:02X}6699")
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True, text_rotation=number * 10)
        cell.protection = Protection(locked=False)
    for row in sheet.iter_rows(min_row=2):
        row[2].number_format = 'yyyy"年"m"月"d"日"'
        row[3].fill = PatternFill("lightUp", fgColor="FF00AA00", bgColor="FFFFFFFF")
        row[1].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet.column_dimensions["B"].width = 33.5
    sheet.row_dimensions[3].height = 41
    sheet.merge_cells("G2:I4")
    sheet["G2"] = "合并"
    book.add_named_style(NamedStyle(name="要点", font=Font(italic=True), fill=PatternFill("solid", fgColor="FFDDEEFF")))
    sheet["B5"].style = "要点"
    sheet.protection.enable()
    return book


def rules():
    book, sheet = ledger()
    red = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add("A2:A41", CellIsRule(operator="greaterThan", formula=["20"], fill=red))
    sheet.conditional_formatting.add("D2:D41", DataBarRule("min", None, "max", None, "FF638EC6"))
    sheet.conditional_formatting.add(
        "E2:E41", ColorScaleRule("min", None, "FFF8696B", None, None, None, "max", None, "FF63BE7B"))
    choices = DataValidation(type="list", formula1='"是,否"', showErrorMessage=True)
    choices.add("B2:B41")
    sheet.add_data_validation(choices)
    sheet.auto_filter.ref = "A1:E41"
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.print_area = "A1:E41"
    sheet.page_setup.orientation = "landscape"
    sheet.oddHeader.center.text = "页眉"
    sheet["B3"].hyperlink = "https://example.com/"
    sheet["B4"].hyperlink = "#'台账 ''A'' 1'!A1"
    book.defined_names["税率"] = DefinedName("税率", attr_text="0.05")
    other = book.create_sheet("二")
    other["A1"] = 1
    other.defined_names["本地"] = DefinedName("本地", attr_text="'二'!$A$1")
    other.sheet_state = "veryHidden"
    book.active = 0
    return book


def drawn():
    book, sheet = ledger()
    for kind, place in [(BarChart, "H2"), (LineChart, "H20")]:
        chart = kind()
        chart.add_data(Reference(sheet, min_col=4, min_row=1, max_row=41), titles_from_data=True)
        sheet.add_chart(chart, place)
    try:
        from PIL import Image as Picture
        from openpyxl.drawing.image import Image
        png = io.BytesIO()
        Picture.new("RGB", (20, 20), (200, 30, 30)).save(png, "PNG")
        sheet.add_image(Image(png), "H40")
    except ImportError:
        print("without a picture: Pillow is not installed")
    sheet["B2"].comment = Comment("人的批注\n第二行", "王")
    sheet["D9"].comment = Comment("另一条", "李")
    chart_sheet = book.create_chartsheet("图")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=4, min_row=2, max_row=41))
    chart_sheet.add_chart(chart)
    book.move_sheet("图", -1)
    book.active = 0
    return book


def tables():
    book, sheet = ledger()
    sheet.delete_cols(5)
    table = Table(displayName="表1", ref="A1:D41")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium9", showRowStripes=True)
    sheet.add_table(table)
    for number in range(12):
        other = book.create_sheet(f"页{number}")
        other["A1"] = number
    book["页3"].sheet_state = "hidden"
    book.active = 4
    return book


MADE = {"styled": styled, "rules": rules, "drawn": drawn, "tables": tables}


def cell_look(cell, with_fill, with_font):
    font = cell.font
    look = {
        "value": repr(cell.value),
        "number format": cell.number_format,
        "font": repr(font) if with_font else [font.b, font.i, font.u, font.sz, repr(font.color)],
        "border": repr(cell.border),
        "alignment": repr(cell.alignment),
        "protection": repr(cell.protection),
        "style": cell._style.xfId,
    }
    if with_fill:
        fill = cell.fill
        look["fill"] = [fill.fill_type, repr(getattr(fill, "fgColor", None)), repr(getattr(fill, "bgColor", None))]
        look["note"] = cell.comment.text.strip() if cell.comment else None
    return look


def is_blank(cell):
    return cell.value is None and not cell.has_style and cell.comment is None


def shows_nothing(cell):
    sides = [cell.border.left, cell.border.right, cell.border.top, cell.border.bottom]
    styles = [side.style for side in sides if side]
    return cell.value is None and cell.comment is None and cell.fill.fill_type is None and not any(styles)


def sheet_look(sheet):
    sizes = {name: (round(one.width, 3), one.hidden) for name, one in sheet.column_dimensions.items()}
    heights = {number: one.height for number, one in sheet.row_dimensions.items() if one.height}
    return {
        "merges": sorted(str(one) for one in sheet.merged_cells.ranges),
        "widths": sizes,
        "heights": heights,
        "conditional": sorted(f"{one.sqref} {[rule.type for rule in one.rules]}" for one in sheet.conditional_formatting),
        "validations": sorted(f"{one.sqref} {one.type} {one.formula1}" for one in sheet.data_validations.dataValidation),
        "tables": sorted((one.name, one.ref) for one in sheet.tables.values()),
        "charts": len(sheet._charts),
        "images": len(sheet._images),
        "print": [str(sheet.print_area), sheet.print_title_rows, sheet.page_setup.orientation, str(sheet.oddHeader.center.text)],
        "freeze": sheet.freeze_panes,
        "filter": sheet.auto_filter.ref,
        "protected": sheet.protection.sheet,
        "state": sheet.sheet_state,
        "names": sorted((name, one.attr_text) for name, one in sheet.defined_names.items()),
    }


def compare(a, b, marked):
    first, second = openpyxl.load_workbook(a, rich_text=True), openpyxl.load_workbook(b, rich_text=True)
    differences = []

    def differ(where, x, y):
        if isinstance(x, dict) and isinstance(y, dict):
            for key in sorted(set(x) | set(y), key=str):
                differ(f"{where} {key}", x.get(key), y.get(key))
        elif x != y:
            differences.append(f"{where}: {x} became {y}")

    names = {name: one.attr_text for name, one in first.defined_names.items()}
    others = {name: one.attr_text for name, one in second.defined_names.items() if name != "sheetform_findings"}
    differ("names", names, others)
    extra = [name for name in second.sheetnames if name not in first.sheetnames]
    differ("sheets", first.sheetnames, [name for name in second.sheetnames if name not in extra])
    differ("new sheets", 1 if marked is not None else 0, len(extra))
    for sheet in first.worksheets:
        other = second[sheet.title]
        old, new = sheet_look(sheet), sheet_look(other)
        # A row that was put in for a mark has a height of its own once LibreOffice has saved it.
        new["heights"] = {row: height for row, height in new["heights"].items() if row in old["heights"]}
        for key in old:
            differ(f"{sheet.title} {key}", old[key], new[key])
        cells = set((marked or {}).get(sheet.title, []))
        for place in sorted(set(sheet._cells) | set(other._cells)):
            x, y = sheet.cell(*place), other.cell(*place)
            # A cell that was put in for its mark stays, showing nothing, once another program has saved it.
            if type(x).__name__ == "MergedCell" or (is_blank(x) and shows_nothing(y)):
                continue
            if x.coordinate in cells:
                text = y.comment.text if y.comment else ""
                if "----- sheetform -----" not in text or not text.startswith((x.comment.text if x.comment else "")):
                    differences.append(f"{sheet.title}!{x.coordinate}: its note is {text!r}")
                if y.fill.fgColor.rgb[:6] not in ("FFF19C", "FFFFF3"):
                    differences.append(f"{sheet.title}!{x.coordinate}: its fill is {y.fill.fgColor.rgb}")
                # A cell without anything has the look of its row or column; openpyxl gives it none.
                if is_blank(x):
                    continue
            with_fill = x.coordinate not in cells
            # LibreOffice names one font or another for a cell, by what it thinks of its script.
            looks = [cell_look(cell, with_fill, marked is not None) for cell in (x, y)]
            differ(f"{sheet.title}!{x.coordinate}", *looks)
    return differences


def main():
    # It says of each thing that it does not keep.
    warnings.simplefilter("ignore")
    command, folder, *rest = sys.argv[1:]
    if command == "make":
        for name, make in MADE.items():
            make().save(os.path.join(folder, f"openpyxl-{name}.xlsx"))
        print("openpyxl", openpyxl.__version__)
    elif command == "save":
        for file in rest:
            openpyxl.load_workbook(file, rich_text=True).save(os.path.join(folder, os.path.basename(file)))
    elif command == "compare":
        failed = False
        with open(folder, encoding="utf-8") as jobs:
            for a, b, marked in json.load(jobs):
                for line in compare(a, b, marked)[:20]:
                    print(f"{b}: {line[:2000]}")
                    failed = True
        sys.exit(failed)


main()
