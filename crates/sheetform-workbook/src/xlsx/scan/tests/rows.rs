//! Rows of a sheet, for tests of the scanner; the test `any_bytes` of `sheetform-cli` changes them.

/// A sheet up to its rows.
pub(crate) const HEAD: &str = "<?xml version=\"1.0\"?>\n<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                    xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><dimension ref=\"A1\"/><sheetData>";
/// And from there on.
pub(crate) const TAIL: &str = "</sheetData><mergeCells><mergeCell ref=\"A1:B1\"/></mergeCells></worksheet>";

/// Rows as programs write them, and as none should.
pub(crate) const ROWS: [&str; 16] = [
    "<row r=\"1\" spans=\"1:3\" ht=\"15.5\" x14ac:dyDescent=\"0.2\"><c r=\"A1\" s=\"1\" t=\"s\"><v>0</v></c><c r=\"C1\"><v>-1.5E3</v></c></row>",
    "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a &amp; b_x000D_ </t></is></c><c r=\"B2\" s=\"2\"/></row>",
    "<row r=\"3\" hidden=\"1\"><c r=\"A3\"><f>SUM(A1:A2)</f><v>3</v></c><c r=\"B3\" t=\"str\"><f t=\"shared\" si=\"0\"/><v></v></c></row>",
    "<row r=\"4\"/><row/>\n  <row >\n <c ><v>1</v></c>\n </row>",
    "<row r=\"9\"><c r=\"A9\" t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"d\"><v>2026-01-31</v></c><c t=\"s\"><v>7</v></c></row>",
    "<row r=\"10\"><c r=\"A10\" t=\"inlineStr\"><is><r><t>粗</t></r><r><t>体</t></r><rPh><t>cu</t></rPh></is></c></row>",
    "<row r=\"11\"><c r=\"B11\"><v>1</v></c><c r=\"A11\"><v>2</v></c><c r=\"B11\"><v>3</v></c><c r=\"A12\"><v>4</v></c></row>",
    "<row r=\"12\"><!-- </row> --><c r=\"A12\"><v><![CDATA[7</v>]]></v></c></row><!-- <row r=\"1\"/> -->",
    "<row r=\"13\"><c r=\"A13\" xmlns=\"urn:x\"><v>1</v></c><x:c xmlns:x=\"urn:x\"><v>2</v></x:c><c><v>3</v><v>4</v></c></row>",
    "<row r=\"14\"><mc:AlternateContent><mc:Choice Requires=\"x\"><c><v>1</v></c></mc:Choice><mc:Fallback><c><v>2</v></c></mc:Fallback></mc:AlternateContent></row>",
    "<row r=\"15\"><c r=\"XFD15\"><v>1</v></c><c><v>2</v></c><c r=\"XFE15\"><v>3</v></c><c r=\"a15\"><v>4</v></c></row>",
    "<row r=\"16\"><c t=\"str\"><v>行\r\n&#x4E2D;&#10;&quot;</v></c><c t=\"n\"><v> 12 </v></c><c t=\"zz\"><v>1</v></c><c t=\"inlineStr\"><v>x</v></c></row>",
    "<row r=\"17\"><c r=\"A17\"><v>1</v><extLst><ext/></extLst></c><c><is/></c><c><f/></c><c><v/></c><c t=\"str\"><f>\"\"</f><v/></c></row>",
    "<row r=\"18\"><c r=\"A18\"><v>110101199003071234</v></c><c r=\"B18\"><v>1e999</v></c><c r=\"C18\"><v>007</v></c><c r='D18'><v>1</v></c></row>",
    "<row r=\"1048576\" customFormat=\"1\"><c r=\"A1048576\"><v>1</v></c></row>",
    "<row r=\"5\"><c r=\"A5\"><v>1</v></c></row><row r=\"1048577\"/>",
];
