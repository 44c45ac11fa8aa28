import Sheets

/// Text with the faces it is set in. 明朝 is the form, ゴシック what somebody entered: as on paper,
/// where the one is printed and the other written.
struct StyledText {
    enum Face { case printed, entered, chosen, bold }

    struct Span {
        let range: Range<Int>
        let face: Face
    }

    private(set) var utf8: [UInt8] = []
    private(set) var spans: [Span] = []
    /// Where no line may end.
    private(set) var unbroken: [Range<Int>] = []

    init(_ text: String, _ face: Face) { add(text, face) }

    init(_ runs: [FilledForm.Run]) {
        for run in runs {
            switch run {
            case .printed(let text): add(text, .printed)
            case .entered(let text): add(text, .entered)
            case .choices(let choices): add(choices)
            }
        }
    }

    private mutating func add(_ text: String, _ face: Face) {
        let start = utf8.count
        utf8 += text.utf8
        spans.append(Span(range: start..<utf8.count, face: face))
    }

    private mutating func add(_ choices: [FilledForm.Choice]) {
        for (index, choice) in choices.enumerated() {
            if index > 0 { add(" ", .printed) }
            let start = utf8.count
            add(choice.text, choice.isChosen ? .chosen : .printed)
            // The mark stays with its word; a long one may be broken further on.
            let kept = choice.text.unicodeScalars.prefix(10).reduce(0) {
                $0 + UTF8.width($1)
            }
            unbroken.append(start..<start + kept)
        }
    }
}
