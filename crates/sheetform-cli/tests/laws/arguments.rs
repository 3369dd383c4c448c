//! The arguments of a campaign, told apart from those of every test binary.

/// A campaign's own arguments with their values, and all others as they are.
pub(crate) type Taken = (Vec<(String, String)>, Vec<String>);

/// Takes the arguments that are called so out of all, given as `--name VALUE` or `--name=VALUE`.
pub(crate) fn take(all: impl IntoIterator<Item = String>, own: &[&str]) -> Result<Taken, String> {
    let (mut taken, mut rest) = (Vec::new(), Vec::new());
    let mut all = all.into_iter();
    while let Some(word) = all.next() {
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (word.clone(), None),
        };
        if !own.contains(&name.as_str()) {
            rest.push(word);
            continue;
        }
        let value = joined.or_else(|| all.next()).ok_or_else(|| format!("{name} needs a value"))?;
        taken.push((name, value));
    }
    Ok((taken, rest))
}

/// The number that an argument says; `1_000` is one.
pub(crate) fn number(name: &str, text: &str) -> Result<u64, String> {
    text.replace('_', "").parse::<u64>().map_err(|_| format!("{name}: {text:?} is no number"))
}
