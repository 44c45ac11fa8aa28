import Primitives

/// Why a file is not attached. Its words are for the page, and hold nothing of the file.
enum FileRefusal: Error, Hashable {
    /// No file was chosen, or no kind of it.
    case noFile, kindMissing
    /// The name has no ending of those that are taken.
    case unknownEnding
    case nameTooLong
    case empty, tooLarge, tooMany
    /// nil: it is none of those that are taken.
    case differs(named: FileKind, is: FileKind?)
    /// It ends before its end.
    case damaged(FileKind)
    case notText
    /// Others have changed the draft's attachments at the same time.
    case cameBetween

    /// What happened and what to do.
    var words: HTML {
        switch self {
        case .noFile: "ファイルが選ばれていません。ファイルを選んでから「添付する」を押してください。"
        case .kindMissing: "種類が選ばれていません。種類を選び、ファイルももう一度選んでください。"
        case .unknownEnding:
            "この種類のファイルは添付できません。添付できるのは \(Self.all) です。ワードやエクセルの文書は、PDF で保存し直してください。"
        case .nameTooLong:
            "ファイル名が長すぎます。\(Limits.attachedNameScalars)文字までの名前に変えてから、もう一度選んでください。"
        case .empty: "中身のないファイルです（0 バイト）。ファイルを開けるか確かめ、もう一度選んでください。"
        case .tooLarge:
            """
            ファイルが大きすぎます。1 つ \(Limits.attachedFileBytes / 1024 / 1024) MB までです。\
            分けるか、画質を下げて保存し直してください。
            """
        case .tooMany:
            "添付できるのは \(Limits.attachedFiles) 件までです。不要なものを「外す」で外すか、1 つの PDF にまとめてください。"
        case .differs(let named, let found?):
            """
            名前は \(named.words) ですが、中身は \(found.words) です。\
            名前の末尾を「.\(found.endings[0])」に直すか、正しいファイルを選んでください。
            """
        case .differs(let named, nil):
            """
            名前は \(named.words) ですが、中身は \(named.words) ではありません。\
            元のソフトで開き、\(named.words) で保存し直してください。
            """
        case .damaged(let kind):
            "\(kind.words) が途中で切れているか、壊れています。開けるか確かめ、もう一度保存してから選んでください。"
        case .notText:
            "文字のファイルとして読めません。文字コードを UTF-8 か Shift_JIS（MS932）にして、保存し直してください。"
        case .cameBetween:
            "ほかの画面または職員が、この下書きの添付を同時に変えました。下の一覧を確かめ、もう一度選んでください。"
        }
    }

    private static var all: String { FileKind.allCases.map(\.words).joined(separator: "・") }
}
