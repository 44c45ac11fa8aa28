import Foundation

/// All files of the package as the rules see them.
struct Tree {
    /// Swift and C, in Sources and Tests, and the manifest.
    let files: [SourceFile]
    /// Every path of the package, folders excepted.
    let paths: [String]
    let manifest: Manifest
    private let contents: @Sendable (String) -> String

    /// Read once for all tests.
    static let whole = Tree(
        root: URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    )

    /// A tree of invented files, for the tests of the rules.
    init(_ texts: [String: String]) {
        paths = texts.keys.sorted()
        files = paths.filter { $0.hasSuffix(".swift") }.map { path in
            SourceFile(path: path, text: texts[path] ?? "")
        }
        manifest = Manifest(texts["Package.swift"] ?? "")
        contents = { texts[$0] ?? "" }
    }

    init(root: URL) {
        contents = { Tree.text(root, $0) }
        paths = Tree.list(root)
        let code = paths.filter { path in
            [".swift", ".h", ".c", ".cpp"].contains { path.hasSuffix($0) }
        }
        let read = Slots(code.count)
        DispatchQueue.concurrentPerform(iterations: code.count) { index in
            let text = Tree.text(root, code[index])
            read.set(index, SourceFile(path: code[index], text: text))
        }
        files = read.all
        manifest = Manifest(Tree.text(root, "Package.swift"))
    }

    var sources: [SourceFile] { files.filter { $0.isSource && $0.isSwift } }
    var tests: [SourceFile] { files.filter { $0.isTest && $0.isSwift } }

    func text(_ path: String) -> String { contents(path) }

    private static func text(_ root: URL, _ path: String) -> String {
        let data = FileManager.default.contents(atPath: root.appendingPathComponent(path).path)
        return String(decoding: data ?? Data(), as: UTF8.self)
    }

    /// Build folders and the work of git are no part of the tree.
    private static func list(_ root: URL) -> [String] {
        let skipped: Set = [".build", ".git", ".swiftpm", ".cache"]
        guard let walk = FileManager.default.enumerator(atPath: root.path) else { return [] }
        var paths: [String] = []
        for case let path as String in walk {
            if skipped.contains(path) {
                walk.skipDescendants()
            } else if walk.fileAttributes?[.type] as? FileAttributeType != .typeDirectory {
                paths.append(path)
            }
        }
        return paths.sorted()
    }
}

/// Results of work done at once, by place.
private final class Slots: @unchecked Sendable {
    // Unchecked: every access is under `lock`.
    private var files: [SourceFile?]
    private let lock = NSLock()

    init(_ count: Int) { files = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ file: SourceFile) { lock.withLock { files[index] = file } }
    var all: [SourceFile] { lock.withLock { files.compactMap(\.self) } }
}
