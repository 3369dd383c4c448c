//! Typed columns of a Parquet file, through the `parquet` crate.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, ListArray, RecordBatch, RecordBatchOptions, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};
use sheetform::records::{Cell, Column, Kind};

/// Records that are turned into columns at once.
const BATCH: usize = 4_096;
/// And as many bytes of texts at most, but for those of the last record.
const BATCH_BYTES: usize = 4 << 20;
/// Records of a row group; all of them are held, packed, until it is written.
const GROUP: usize = 131_072;
/// And as many packed bytes, about.
const GROUP_BYTES: usize = 32 << 20;

/// A Parquet file being written.
pub(super) struct Columns<W: Write + Send> {
    writer: ArrowWriter<W>,
    schema: Arc<Schema>,
    building: Vec<Building>,
    /// Records that wait, and the bytes of their texts.
    waiting: usize,
    bytes: usize,
}

impl<W: Write + Send> Columns<W> {
    pub(super) fn new(out: W, columns: &[Column]) -> io::Result<Self> {
        let schema = Arc::new(Schema::new(fields(columns)));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_max_row_group_bytes(Some(GROUP_BYTES))
            .set_created_by(concat!("sheetform ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options).map_err(of_parquet)?;
        let building = columns.iter().map(|column| Building::new(&column.kind)).collect();
        Ok(Self { writer, schema, building, waiting: 0, bytes: 0 })
    }

    /// Writes a record, its values as [`Kind`] says.
    pub(super) fn push(&mut self, record: &Map<String, Value>) -> io::Result<()> {
        for (field, column) in self.schema.fields().iter().zip(&mut self.building) {
            self.bytes += column.push(record.get(field.name()));
        }
        self.pushed()
    }

    /// Writes a record, whose columns come depth first.
    pub(super) fn push_cells<'v>(&mut self, mut cells: impl Iterator<Item = Cell<'v>>) -> io::Result<()> {
        for column in &mut self.building {
            self.bytes += column.push_cells(&mut cells);
        }
        self.pushed()
    }

    fn pushed(&mut self) -> io::Result<()> {
        self.waiting += 1;
        if self.waiting < BATCH && self.bytes < BATCH_BYTES { Ok(()) } else { self.batch() }
    }

    fn batch(&mut self) -> io::Result<()> {
        let options = RecordBatchOptions::new().with_row_count(Some(self.waiting));
        let arrays = finished(&mut self.building).map_err(of_arrow)?;
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options).map_err(of_arrow)?;
        self.writer.write(&batch).map_err(of_parquet)?;
        (self.waiting, self.bytes) = (0, 0);
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if self.waiting > 0 {
            self.batch()?;
        }
        self.writer.close().map(|_| ()).map_err(of_parquet)
    }
}

fn of_parquet(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

fn fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| Field::new(&column.name, data_type(&column.kind), true)).collect()
}

fn data_type(kind: &Kind) -> DataType {
    match kind {
        Kind::Bool => DataType::Boolean,
        Kind::Int => DataType::Int64,
        Kind::Double => DataType::Float64,
        Kind::Date => DataType::Date32,
        Kind::Text | Kind::Json => DataType::Utf8,
        Kind::List(item) => DataType::List(Arc::new(item_field(item))),
        Kind::Struct(columns) => DataType::Struct(fields(columns)),
    }
}

/// The field of a list's items, called as the format asks for.
fn item_field(item: &Kind) -> Field {
    Field::new("element", data_type(item), true)
}

/// A column while values come to it.
enum Building {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Double(Float64Builder),
    Date(Date32Builder),
    Text(StringBuilder),
    List { item: Arc<Field>, items: Box<Building>, lengths: Vec<usize>, nulls: NullBufferBuilder },
    Struct { fields: Fields, members: Vec<Building>, nulls: NullBufferBuilder },
}

impl Building {
    fn new(kind: &Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool(BooleanBuilder::new()),
            Kind::Int => Self::Int(Int64Builder::new()),
            Kind::Double => Self::Double(Float64Builder::new()),
            Kind::Date => Self::Date(Date32Builder::new()),
            Kind::Text | Kind::Json => Self::Text(StringBuilder::new()),
            Kind::List(item) => Self::List {
                item: Arc::new(item_field(item)),
                items: Box::new(Self::new(item)),
                lengths: Vec::new(),
                nulls: NullBufferBuilder::new(0),
            },
            Kind::Struct(columns) => Self::Struct {
                fields: fields(columns),
                members: columns.iter().map(|column| Self::new(&column.kind)).collect(),
                nulls: NullBufferBuilder::new(0),
            },
        }
    }

    /// Adds a value, or none; gives how many bytes of text it has.
    fn push(&mut self, value: Option<&Value>) -> usize {
        match self {
            Self::Bool(column) => column.append_option(value.and_then(Value::as_bool)),
            Self::Int(column) => column.append_option(value.and_then(Value::as_i64)),
            Self::Double(column) => column.append_option(value.and_then(Value::as_f64)),
            Self::Date(column) => {
                column.append_option(value.and_then(Value::as_i64).and_then(|day| i32::try_from(day).ok()));
            }
            Self::Text(column) => {
                let text = value.and_then(Value::as_str);
                column.append_option(text);
                return text.map_or(0, str::len);
            }
            Self::List { items, lengths, nulls, .. } => {
                let list = value.and_then(Value::as_array);
                lengths.push(list.map_or(0, Vec::len));
                nulls.append(list.is_some());
                return list.into_iter().flatten().map(|item| items.push(Some(item))).sum();
            }
            Self::Struct { fields, members, nulls } => {
                let group = value.and_then(Value::as_object);
                nulls.append(group.is_some());
                let values = fields.iter().map(|field| group.and_then(|group| group.get(field.name())));
                return members.iter_mut().zip(values).map(|(member, value)| member.push(value)).sum();
            }
        }
        0
    }

    /// The same from cells; a group has one before those of its members.
    fn push_cells<'v>(&mut self, cells: &mut impl Iterator<Item = Cell<'v>>) -> usize {
        match (self, cells.next()) {
            (Self::Struct { members, nulls, .. }, there) => {
                nulls.append(there == Some(Cell::Group(true)));
                members.iter_mut().map(|member| member.push_cells(cells)).sum()
            }
            (column, Some(Cell::Value(value))) => column.push(value),
            (column, _) => column.push(None),
        }
    }

    /// The values that came, as an array.
    fn finished(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Bool(column) => Arc::new(column.finish()),
            Self::Int(column) => Arc::new(column.finish()),
            Self::Double(column) => Arc::new(column.finish()),
            Self::Date(column) => Arc::new(column.finish()),
            Self::Text(column) => Arc::new(column.finish()),
            Self::List { item, items, lengths, nulls } => {
                let offsets = OffsetBuffer::from_lengths(lengths.drain(..));
                Arc::new(ListArray::try_new(Arc::clone(item), offsets, items.finished()?, nulls.finish())?)
            }
            Self::Struct { fields, members, nulls } => {
                let (count, arrays) = (nulls.len(), finished(members)?);
                Arc::new(StructArray::try_new_with_length(fields.clone(), arrays, nulls.finish(), count)?)
            }
        })
    }
}

fn finished(columns: &mut [Building]) -> Result<Vec<ArrayRef>, ArrowError> {
    columns.iter_mut().map(Building::finished).collect()
}
