import Glibc
import Primitives

/// A file could not be used. It names the path, which the operator typed or configured.
enum FileError: Spoken, Equatable {
    case notFound(String)
    case exists(String)
    /// A place in the folder of a store.
    case ownData(String)
    case forbidden(String)
    case tooLarge(String, limit: Int)
    /// Another process has locked the folder.
    case busy(String)
    case full(String)
    /// Any other answer of the system, by its `errno`.
    case fault(String, Int32)

    init(_ path: String, _ number: Int32) {
        self =
            switch number {
            case ENOENT, ENOTDIR: .notFound(path)
            case EEXIST, ENOTEMPTY: .exists(path)
            case EACCES, EPERM, EROFS: .forbidden(path)
            case EWOULDBLOCK: .busy(path)
            case ENOSPC, EDQUOT: .full(path)
            default: .fault(path, number)
            }
    }

    var code: String {
        switch self {
        case .notFound: "fileNotFound"
        case .exists: "fileExists"
        case .ownData: "fileInDataFolder"
        case .forbidden: "fileForbidden"
        case .tooLarge: "fileTooLarge"
        case .busy: "folderBusy"
        case .full: "diskFull"
        case .fault: "fileFault"
        }
    }

    var isTemporary: Bool {
        switch self {
        case .busy, .full: true
        case .notFound, .exists, .ownData, .forbidden, .tooLarge, .fault: false
        }
    }

    var said: (summary: Phrase, advice: Phrase) {
        switch self {
        case .notFound(let path):
            (
                Phrase(ja: "\(path) がありません。", en: "\(path) does not exist."),
                Phrase(ja: "場所と名前を確かめてください。", en: "Check place and name.")
            )
        case .exists(let path):
            (
                Phrase(ja: "\(path) はすでにあります。", en: "\(path) exists already."),
                Phrase(ja: "別の名前を指定してください。", en: "Give another name.")
            )
        case .ownData(let path):
            (
                Phrase(
                    ja: "\(path) はデータフォルダーの中です。",
                    en: "\(path) lies in a data folder."
                ),
                Phrase(
                    ja: "記録を壊さないよう、ほかの場所を指定してください。",
                    en: "Give another place: a file there may be the store itself."
                )
            )
        case .forbidden(let path):
            (
                Phrase(ja: "\(path) を使う権限がありません。", en: "\(path) may not be used."),
                Phrase(ja: "所有者と許可を確かめてください。", en: "Check owner and mode.")
            )
        case .tooLarge(let path, let limit):
            (
                Phrase(
                    ja: "\(path) は大きすぎます（上限 \(Self.size(limit))）。",
                    en: "\(path) is too large (limit \(Self.size(limit)))."
                ),
                Phrase(
                    ja: "正しいファイルか確かめ、小さくするか分けてください。",
                    en: "Check that it is the right file; make it smaller, or split it."
                )
            )
        case .busy(let path):
            (
                Phrase(
                    ja: "\(path) は別のプロセスが使っています。",
                    en: "\(path) is in use by another process."
                ),
                Phrase(ja: "それを止めるか、終わるまで待ってください。", en: "Stop it, or wait for its end.")
            )
        case .full(let path):
            (
                Phrase(ja: "\(path) を書く空きがありません。", en: "There is no room for \(path)."),
                Phrase(ja: "ディスクの空きを増やしてください。", en: "Make room on the disk.")
            )
        case .fault(let path, let number):
            (
                Phrase(
                    ja: "\(path) を使えません（errno \(number)）。",
                    en: "\(path) cannot be used (errno \(number))."
                ),
                Phrase(ja: "ディスクの状態を確かめてください。", en: "Check the state of the disk.")
            )
        }
    }

    private static func size(_ bytes: Int) -> String {
        let mebibyte = 1024 * 1024
        return bytes % mebibyte == 0 ? "\(bytes / mebibyte) MiB" : "\(bytes / 1024) KiB"
    }
}
