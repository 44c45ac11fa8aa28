import Primitives

/// Where text goes: a descriptor in the program, a list in tests.
protocol TextSink: Sendable {
    func write(_ text: String)
    var isTerminal: Bool { get }
}

/// The two outputs of a command: data for machines, talk for people.
struct Console: Sendable {
    let language: Language
    private let output: any TextSink
    private let errorOutput: any TextSink
    private let hasColours: Bool

    init(
        language: Language,
        output: any TextSink,
        errorOutput: any TextSink,
        hasColours: Bool
    ) {
        self.language = language
        self.output = output
        self.errorOutput = errorOutput
        self.hasColours = hasColours && errorOutput.isTerminal
    }

    /// The same language, heard by nobody.
    var silent: Console {
        Console(language: language, output: Nowhere(), errorOutput: Nowhere(), hasColours: false)
    }

    /// One line of data on standard output.
    func data(_ line: String) { output.write(line.visible + "\n") }

    /// One JSON value as one line of data.
    func data(_ json: JSON) { data(json.canonicalText) }

    /// One line to the person, on standard error.
    func talk(_ phrase: Phrase) { errorOutput.write(phrase.text(language).visible + "\n") }

    /// What the columns of a list are, for people at a terminal alone.
    func heading(_ phrase: Phrase) {
        if errorOutput.isTerminal { talk(phrase) }
    }

    /// Names the command that makes sense after a success.
    func next(_ command: String, after call: Invocation) {
        let line = NextCommand(command, after: call).line
        talk(Phrase(ja: "次: renkei \(line)", en: "next: renkei \(line)"))
    }

    /// Prints error and hint, and gives the exit code that belongs to the error.
    func report(_ error: some Explained) -> ExitCode {
        let saying = Saying(error, language)
        let labels = language == .japanese ? ("エラー:", "対処:") : ("error:", "hint:")
        errorOutput.write("\(colour(labels.0, "31")) \(saying.summary) [\(error.code)]\n")
        if let detail = saying.detail { errorOutput.write("詳細: \(detail)\n") }
        for line in ErrorDetails.lines(of: error) { errorOutput.write("  \(line)\n") }
        errorOutput.write("\(colour(labels.1, "36")) \(saying.advice)\n")
        return ExitCode(error)
    }

    /// Shows how far long work is, on terminals alone; the line replaces the one before.
    func progress(_ phrase: Phrase) {
        guard errorOutput.isTerminal else { return }
        errorOutput.write("\r\u{1B}[K\(phrase.text(language))")
    }

    /// Removes the line of `progress`.
    func endProgress() {
        guard errorOutput.isTerminal else { return }
        errorOutput.write("\r\u{1B}[K")
    }

    private func colour(_ text: String, _ code: String) -> String {
        hasColours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// Without what would steer a terminal or turn the direction of the text: names and notes of
    /// others stand in these lines.
    fileprivate var visible: String {
        guard !isOneLine else { return self }
        let scalars = unicodeScalars.map { scalar -> Unicode.Scalar in
            scalar.steers && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}

private struct Nowhere: TextSink {
    var isTerminal: Bool { false }

    func write(_ text: String) {}
}
