//! Lines and columns of values, found by one pass over a text that is known to be JSON.

use std::collections::HashMap;

use super::read::Reader;
use crate::finding::Place;

/// Which part of a property is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Value,
    Key,
}

/// The place of each pointer, or of its nearest ancestor in the text.
pub(super) fn find(text: &str, pointers: &[&str], part: Part) -> Vec<Place> {
    let mut wanted = Wanted { nodes: vec![Node::new(0)], part };
    let nodes: Vec<usize> = pointers.iter().map(|pointer| wanted.add(pointer)).collect();
    wanted.visit(&mut Reader::new(text), 0, None);
    let offsets: Vec<usize> = nodes.iter().map(|node| wanted.offset(*node)).collect();
    lines(text, &offsets)
}

/// The line and column of each byte offset, in one pass.
pub(super) fn lines(text: &str, offsets: &[usize]) -> Vec<Place> {
    let mut order: Vec<usize> = (0..offsets.len()).collect();
    order.sort_by_key(|i| offsets[*i]);
    let mut places = vec![Place::default(); offsets.len()];
    let (mut line, mut column, mut at) = (1_u32, 1_u32, 0);
    for i in order {
        for character in text.get(at..offsets[i]).unwrap_or_default().chars() {
            if character == '\n' {
                line = line.saturating_add(1);
                column = 1;
            } else {
                column = column.saturating_add(1);
            }
        }
        at = offsets[i];
        places[i] = Place::text(line, column);
    }
    places
}

/// The wanted pointers as a tree; node 0 is the root.
struct Wanted {
    nodes: Vec<Node>,
    part: Part,
}

struct Node {
    parent: usize,
    keys: HashMap<String, usize>,
    items: HashMap<usize, usize>,
    offset: Option<usize>,
}

impl Node {
    fn new(parent: usize) -> Self {
        Self { parent, keys: HashMap::new(), items: HashMap::new(), offset: None }
    }
}

impl Wanted {
    fn add(&mut self, pointer: &str) -> usize {
        let mut node = 0;
        for token in pointer.split('/').skip(1) {
            let key = crate::schema::unescape(token);
            node = if let Some(child) = self.nodes[node].keys.get(&key) {
                *child
            } else {
                let child = self.nodes.len();
                self.nodes.push(Node::new(node));
                if let Some(index) = key.parse().ok().filter(|index: &usize| index.to_string() == key) {
                    self.nodes[node].items.insert(index, child);
                }
                self.nodes[node].keys.insert(key, child);
                child
            };
        }
        node
    }

    fn offset(&self, mut node: usize) -> usize {
        while self.nodes[node].offset.is_none() && node != 0 {
            node = self.nodes[node].parent;
        }
        self.nodes[node].offset.unwrap_or_default()
    }

    /// Steps over the value here and notes where the wanted parts of it are.
    fn visit(&mut self, reader: &mut Reader<'_>, node: usize, key_at: Option<usize>) {
        let first = reader.next_byte();
        self.nodes[node].offset = match (self.part, key_at) {
            (Part::Key, Some(key_at)) => Some(key_at),
            _ => Some(reader.at),
        };
        if self.nodes[node].keys.is_empty() || !matches!(first, Some(b'{' | b'[')) {
            return skip(reader);
        }
        reader.at += 1;
        let mut index = 0;
        loop {
            let (child, key_at) = match (first, reader.next_byte()) {
                (_, None) => return,
                (_, Some(b'}' | b']')) => break,
                (_, Some(b',')) => {
                    reader.at += 1;
                    continue;
                }
                (Some(b'{'), _) => {
                    let key_at = reader.at;
                    let Ok(key) = reader.string() else { return };
                    reader.next_byte();
                    reader.at += 1;
                    (self.nodes[node].keys.get(key.as_ref()).copied(), Some(key_at))
                }
                _ => (self.nodes[node].items.get(&index).copied(), None),
            };
            index += 1;
            match child {
                Some(child) => self.visit(reader, child, key_at),
                None => skip(reader),
            }
        }
        reader.at += 1;
    }
}

/// Steps over the value here.
fn skip(reader: &mut Reader<'_>) {
    let mut open = 0_usize;
    while let Some(byte) = reader.next_byte() {
        match byte {
            b'"' => skip_string(reader),
            b'{' | b'[' => {
                open += 1;
                reader.at += 1;
            }
            b'}' | b']' | b',' if open == 0 => return,
            b'}' | b']' => {
                open -= 1;
                reader.at += 1;
            }
            _ => reader.at += 1,
        }
        if open == 0 && !matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z') {
            return;
        }
    }
}

fn skip_string(reader: &mut Reader<'_>) {
    reader.at += 1;
    while let Some(byte) = reader.peek() {
        reader.at += if byte == b'\\' { 2 } else { 1 };
        if byte == b'"' {
            return;
        }
    }
}
