import Primitives

/// The name of a file as the sheet has it: without a path and without what no line may hold.
struct FileName: Hashable, Sendable {
    let text: String
    /// What its ending says.
    let kind: FileKind

    /// Takes what a browser has sent. Nothing is cut off: a name that is too long is refused.
    init(_ sent: String) throws(FileRefusal) {
        guard !sent.isEmpty else { throw .noFile }
        let path = Array(sent.unicodeScalars).split { $0 == "/" || $0 == "\\" }
        let kept = (path.last ?? []).filter(Self.isKept)
        let begun = kept.drop(while: Self.isEdge)
        let scalars = begun.reversed().drop(while: Self.isEdge).reversed()
        let text = String(String.UnicodeScalarView(scalars))
        let parts = text.split(separator: ".")
        guard parts.count > 1, let kind = FileKind(ending: parts[parts.count - 1].lowercased())
        else { throw .unknownEnding }
        guard text.unicodeScalars.count <= Limits.attachedNameScalars else { throw .nameTooLong }
        self.text = text
        self.kind = kind
    }

    /// Blanks and dots, which hide a file or its ending.
    private static func isEdge(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "." || scalar.properties.isWhitespace
    }

    /// No control characters, and none that changes the direction or breaks the line. The selectors
    /// that tell forms of a letter apart are none of them.
    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .format: false
        default: true
        }
    }
}
