//! Which elements of a part belong to the spreadsheet vocabulary.

use quick_xml::events::BytesStart;

/// Namespaces of spreadsheet parts: as Excel writes them, and of the strict variant.
pub(crate) const OWN: [&str; 2] =
    ["http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"];

/// Whether the element is of the own vocabulary. Prefixes that it declares for that vocabulary are added.
pub(super) fn is_own(prefixes: Option<&mut Vec<String>>, tag: &str, name_length: usize) -> bool {
    let Some(prefixes) = prefixes else { return true };
    let name = tag.get(..name_length).unwrap_or_default();
    let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
    // A tag may bring its own namespace; rare enough to look for its letter and the word first.
    let attributes = tag.get(name_length..).unwrap_or_default();
    if attributes.as_bytes().contains(&b'x') && attributes.contains("xmlns") {
        let mut redefined = false;
        for attribute in BytesStart::from_content(tag, name_length).attributes().flatten() {
            let Some(declared) = attribute.key.0.strip_prefix("xmlns") else { continue };
            let declared = declared.trim_start_matches(':');
            let own = OWN.contains(&attribute.value.as_ref());
            if own && !prefixes.iter().any(|known| known == declared) {
                prefixes.push(declared.to_owned());
            }
            redefined |= !own && declared == prefix;
        }
        if redefined {
            return false;
        }
    }
    // By length where it is empty: comparing no bytes with no bytes took a fifth of the time of reading a sheet.
    prefixes.iter().any(|own| if prefix.is_empty() { own.is_empty() } else { own == prefix })
}
