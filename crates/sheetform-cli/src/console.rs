//! Standard output and error: results on the one, all else on the other. The only place that prints.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use sheetform::finding::{Lang, Severity, Text};
use sheetform::report::{FileReport, Report, Style, line, place_text};

use crate::args::{Cli, ColorWhen, Command, Format, Showing};
use crate::stop::{COULD_NOT_RUN, Stop, io_text, one_line};

/// How to speak.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Console {
    pub(crate) lang: Lang,
    pub(crate) quiet: bool,
    color: ColorWhen,
    /// Whether findings are said without values.
    mask: bool,
}

impl Console {
    pub(crate) fn new(cli: &Cli) -> Self {
        let lang = cli.lang.map_or_else(lang_of_environment, Lang::from);
        let mask = match &cli.command {
            Command::Validate(args) => args.reading.mask,
            Command::Convert(args) => args.reading.mask,
            Command::Batch(args) => args.reading.mask,
            _ => false,
        };
        Self { lang, quiet: cli.quiet, color: cli.color, mask }
    }

    /// One that says as little as it can, in English.
    #[cfg(test)]
    pub(crate) fn silent() -> Self {
        Self { lang: Lang::En, quiet: true, color: ColorWhen::Never, mask: false }
    }

    /// How a report is shown on standard output, and whether with the cells around each finding.
    pub(crate) fn style(self, showing: Showing) -> (Style, bool) {
        let terminal = io::stdout().is_terminal();
        let most = showing.max_findings.map(|most| if most == 0 { usize::MAX } else { most });
        let draws = match showing.format {
            Format::Text => terminal,
            Format::Full | Format::Html => true,
            Format::Json | Format::Jsonl | Format::Sarif => false,
        };
        (Style { most, ..self.style_on(terminal) }, draws)
    }

    /// How findings are said on stderr with the cells around them: on a terminal.
    pub(crate) fn style_of_notes(self) -> Option<Style> {
        io::stderr().is_terminal().then(|| self.style_on(true))
    }

    /// Prints a report in the form asked for.
    pub(crate) fn report(self, report: &Report, showing: Showing) -> Result<(), Stop> {
        let (style, draws) = self.style(showing);
        let text = match showing.format {
            Format::Text | Format::Full if draws => report.full(style),
            Format::Text | Format::Full => report.text(style),
            Format::Json => report.json(style),
            Format::Jsonl => report.jsonl(style),
            Format::Sarif => report.sarif(style),
            Format::Html => report.html(style),
        };
        Self::print(text.as_bytes())
    }

    fn style_on(self, terminal: bool) -> Style {
        let color = match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => terminal && !says("NO_COLOR") && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
        };
        Style { lang: self.lang, quiet: self.quiet, color, most: None }
    }

    /// Writes a result. A reader that has gone is no failure.
    pub(crate) fn print(bytes: &[u8]) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let Text { en, zh, .. } = io_text(&error);
                Err(Stop::new(format!("standard output: {en}"), format!("标准输出：{zh}")))
            }
            _ => Ok(()),
        }
    }

    /// Says on stderr what was found in a file.
    pub(crate) fn findings(self, report: &FileReport) {
        let terminal = io::stderr().is_terminal();
        let text = self.masked(report).lines(self.style_on(terminal), terminal);
        let _ = io::stderr().write_all(text.as_bytes());
    }

    fn masked(self, report: &FileReport) -> Cow<'_, FileReport> {
        if self.mask { Cow::Owned(report.clone().masked()) } else { Cow::Borrowed(report) }
    }

    /// Says on stderr why the work could not be done.
    pub(crate) fn stop(self, stop: &Stop) -> u8 {
        match (&stop.text, self.lang) {
            (Some(text), Lang::En) => Self::error(&text.en),
            (Some(text), Lang::Zh) => Self::say(&format!("错误：{}", text.zh)),
            (None, _) => {}
        }
        stop.code
    }

    /// Says something on stderr that is no result, unless told to be quiet.
    pub(crate) fn note(self, text: &Text) {
        if !self.quiet {
            Self::say(text.get(self.lang));
        }
    }

    /// Says on stderr what is likely a mistake.
    pub(crate) fn warning(self, text: &Text) {
        match self.lang {
            Lang::En => Self::say(&format!("warning: {}", text.en)),
            Lang::Zh => Self::say(&format!("警告：{}", text.zh)),
        }
    }

    /// An error that is said before the language is known.
    pub(crate) fn error(text: &str) {
        Self::say(&format!("error: {text}"));
    }

    /// Says on stderr why a file could not be checked, each reason on one line.
    pub(crate) fn failures(self, report: &FileReport) {
        let style = self.style_on(io::stderr().is_terminal());
        for finding in &self.masked(report).findings {
            if finding.severity == Severity::Info {
                if !self.quiet {
                    let _ = io::stderr().write_all(line(report.file.as_deref(), finding, style).as_bytes());
                }
                continue;
            }
            let place = place_text(report.file.as_deref(), &finding.place, None);
            let text = one_line(finding, self.lang);
            match self.lang {
                Lang::En => Self::error(&format!("{place}: {text}")),
                Lang::Zh => Self::say(&format!("错误：{place}：{text}")),
            }
        }
    }

    /// Draws a line on stderr that the next one takes the place of.
    pub(crate) fn draw(text: &str) {
        let _ = io::stderr().write_all(format!("\r{text}\x1b[K").as_bytes());
    }

    fn say(text: &str) {
        let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
    }

    /// Help, version, or a mistake in the arguments, as clap words it.
    pub(crate) fn usage(error: &clap::Error) -> u8 {
        let printed = match usage_zh(error).filter(|_| lang_of_arguments() == Lang::Zh) {
            Some(text) => io::stderr().write_all(text.as_bytes()),
            None => error.print().and_then(|()| io::stdout().flush()),
        };
        if let Err(error) = printed.map_err(|error| (error.kind(), io_text(&error)))
            && error.0 != io::ErrorKind::BrokenPipe
        {
            Self::error(&format!("standard output: {}", error.1.en));
            return COULD_NOT_RUN;
        }
        u8::try_from(error.exit_code()).unwrap_or(COULD_NOT_RUN)
    }
}

/// A mistake in the arguments in Chinese: what is wrong, and below it what clap says of the usage. None for help and
/// version.
fn usage_zh(error: &clap::Error) -> Option<String> {
    use clap::error::{ContextKind as Kind, ErrorKind};
    let of = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let argument = of(Kind::InvalidArg);
    let first = match error.kind() {
        ErrorKind::MissingRequiredArgument => "缺少必须给出的参数：".to_owned(),
        ErrorKind::UnknownArgument => format!("没有这个参数：{argument}"),
        ErrorKind::InvalidSubcommand => format!("没有这个命令：{}", of(Kind::InvalidSubcommand)),
        ErrorKind::ArgumentConflict => format!("{argument} 不能与 {} 同时使用", of(Kind::PriorArg)),
        ErrorKind::InvalidValue if of(Kind::InvalidValue).is_empty() => format!("{argument} 后面缺少值"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument} 的值不可用：{}", of(Kind::InvalidValue))
        }
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        _ => "命令的参数有误：".to_owned(),
    };
    let said = error.render().to_string();
    let (line, rest) = said.split_once('\n').unwrap_or((&said, ""));
    // Why a value will not do is said behind it.
    let why = match error.kind() {
        ErrorKind::ValueValidation => {
            line.rsplit_once("': ").map(|(_, why)| format!("\n  {}", why_zh(why))).unwrap_or_default()
        }
        _ => String::new(),
    };
    let rest = rest.replace("Usage: ", "用法：").replace("[possible values: ", "[可用的值：");
    let rest = rest.replace("For more information, try '--help'.", "更多说明请用 --help。");
    let rest = rest.replace("  tip: ", "  提示：").replace("a similar argument exists: ", "类似的参数：");
    let rest = rest.replace("a similar subcommand exists: ", "类似的命令：");
    Some(format!("错误：{first}{why}\n{}", rest.replace("a similar value exists: ", "类似的值：")))
}

/// Why a value will not do, as the arguments' own readers say it.
fn why_zh(why: &str) -> String {
    if let Some(rest) = why.strip_prefix("a date is written YYYY-MM-DD") {
        let such = rest.trim_start_matches([':', ',']).trim_start().trim_start_matches("such as ");
        return format!("日期应写作 YYYY-MM-DD，如 {such}");
    }
    match why.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
        Some((least, most)) => format!("应为 {least} 到 {most} 之间的整数"),
        None if why == "there is no such day" => "没有这一天".to_owned(),
        None if why.contains("digit") || why.contains("integer") => "应为整数".to_owned(),
        None => why.to_owned(),
    }
}

/// The language, where the arguments were not understood as a whole.
fn lang_of_arguments() -> Lang {
    let arguments: Vec<String> = std::env::args().collect();
    let after = arguments.windows(2).find(|pair| pair[0] == "--lang").map(|pair| pair[1].clone());
    let joined = arguments.iter().find_map(|one| one.strip_prefix("--lang=").map(str::to_owned));
    match after.or(joined).as_deref() {
        Some("zh") => Lang::Zh,
        Some("en") => Lang::En,
        _ => lang_of_environment(),
    }
}

fn says(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// Chinese where the first of these that is set begins with `zh`, else English.
fn lang_of_environment() -> Lang {
    let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
    let set = names.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    if set.is_some_and(|value| value.to_ascii_lowercase().starts_with("zh")) { Lang::Zh } else { Lang::En }
}
