import Audit
import Configuration
import Cryptography
import Primitives

extension Command {
    static let auditVerify = Command(
        ["audit", "verify"],
        (
            Phrase(
                ja: "記録全体、または書き出した期間が書き換えられていないか確かめる",
                en: "verify the whole log, or a period that was exported"
            ),
            Example(
                "audit verify 監査.renkei --root root.pem",
                Phrase(
                    ja: "書き出した期間を通信なしで確かめる。ファイルがなければ自分の記録全体",
                    en: "checks an exported period offline; without a file the own log"
                )
            )
        ),
        arguments: [.bundles],
        options: [
            .data, .unlockFile, .organisation, .outputFolder, .root, .trust, .json,
        ]
    ) { invocation, console in
        guard invocation.texts(.bundles).isEmpty else {
            return try verifyBundles(invocation, console)
        }
        // Whoever names a root means a file: the own log needs none.
        guard !invocation.has(.root), !invocation.has(.trust) else {
            throw UsageError.argumentMissing("FILE", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let isWhole = try await verify(place, place.asking(), invocation, console)
        return isWhole ? .done : .failed
    }

    static let exchangeAudit = Command(
        ["exchange", "audit", "verify"],
        (
            Phrase(ja: "交換所の記録が書き換えられていないか確かめる", en: "verify the exchange's logs"),
            Example(
                "exchange audit verify",
                Phrase(ja: "名簿と受け渡しの記録", en: "the logs of keys and of deliveries")
            )
        ),
        options: [.data, .unlockFile, .outputFolder, .json]
    ) { invocation, console in
        let place = Place(.exchange, invocation)
        var areWhole = true
        for kind in [TreeKind.keys, .transport] {
            let json: JSON = ["tree": .string(kind.rawValue)]
            if try await !verify(place, json, invocation, console) { areWhole = false }
        }
        return areWhole ? .done : .failed
    }

    /// Reads a tree from its first leaf, and tells what is wrong with it.
    private static func verify(
        _ place: Place,
        _ members: JSON,
        _ invocation: Invocation,
        _ console: Console
    ) async throws -> Bool {
        let tree = members["tree"]?.string
        var copy: LogFile?
        if let folder = invocation.text(.outputFolder) {
            copy = try LogFile(in: folder, named: tree.map { $0 + "-" } ?? "")
        }
        let read = try await ReadLog(from: place, members, into: copy)
        let verdict = read.stream.verdict
        try copy?.finish(read.stream.checkpoint)
        let isWhole = verdict.isWhole && read.concealed.isEmpty
        if invocation.has(.json) {
            console.data([
                "origin": .string(verdict.origin.text), "size": .integer(Int64(verdict.size)),
                "whole": .bool(isWhole),
                "concealed": read.concealed.isEmpty
                    ? nil : .array(read.concealed.map { .integer($0) }),
                "faults": .array(verdict.faults.map { .string("\($0)") }),
                "recoveries": verdict.recoveries.isEmpty
                    ? nil : .array(verdict.recoveries.map(\.told)),
            ])
        } else {
            for recovery in verdict.recoveries {
                console.data(Words(language: console.language).went(on: recovery))
            }
            for fault in verdict.faults { console.data("✗ \(fault)") }
            for index in read.concealed {
                console.data(Words(language: console.language).concealed(index))
            }
            let text = (isWhole ? "✓" : "✗") + (tree.map { " " + $0 } ?? "")
            console.talk(
                Phrase(ja: "\(text) \(verdict.size) 件", en: "\(text) \(verdict.size) leaves")
            )
        }
        return isWhole
    }
}

/// A tree that was read page by page, up to the checkpoint that came with the first one. No more
/// than two pages are held at once: one is judged while the next one comes.
private struct ReadLog {
    private(set) var stream: LogStream
    private(set) var concealed: [Int64] = []

    init(from place: Place, _ members: JSON, into copy: LogFile?) async throws {
        var (page, hidden) = try await Self.page(0, of: members, from: place)
        stream = LogStream(under: page.checkpoint, key: page.key)
        while !page.leaves.isEmpty {
            let next = stream.size + UInt64(page.leaves.count)
            concealed += hidden
            guard next < stream.checkpoint.head.size else {
                try take(page, copy)
                return
            }
            async let following = Self.page(next, of: members, from: place)
            try take(page, copy)
            (page, hidden) = try await following
        }
    }

    private mutating func take(_ page: LogPage, _ copy: LogFile?) throws {
        let before = stream.size
        stream.read(page.leaves)
        try copy?.append(page.leaves.prefix(Int(stream.size - before)))
    }

    private static func page(
        _ from: UInt64,
        of members: JSON,
        from place: Place
    ) async throws -> (page: LogPage, concealed: [Int64]) {
        var members = members.object ?? JSONObject()
        members["from"] = .integer(Int64(from))
        let answer = try await place.ask(ControlCall("audit.verify", .object(members)))
        return (
            try LogPage(reading: answer.json, answer.files),
            (answer.json["concealed"]?.array ?? []).compactMap(\.integer)
        )
    }
}

/// The leaves as they are copied out, one on each line, and the checkpoint beside them.
private final class LogFile {
    private let path: String
    private let part: OpenFile

    init(in folder: String, named name: String) throws {
        try Files.makeResultFolder(folder)
        path = folder + "/" + name
        part = try Files.part(of: path + "leaves", mode: Files.ownerOnly)
    }

    func append(_ leaves: ArraySlice<[UInt8]>) throws(FileError) {
        try part.append(Array(leaves.map { $0 + [0x0A] }.joined()))
    }

    func finish(_ checkpoint: Checkpoint) throws(FileError) {
        try Files.finish(part, path + "leaves")
        try Files.replace(path + "checkpoint", checkpoint.note, mode: Files.ownerOnly)
    }
}

extension TreeRecovery {
    /// Where a log went on from an older copy, and how many leaves that lost.
    fileprivate var told: JSON {
        [
            "from": .string(origin.text), "index": .integer(Int64(found.size)),
            "missingLeaves": missingLeaves.map { .integer(Int64($0)) },
        ]
    }
}

extension Words {
    fileprivate func went(on recovery: TreeRecovery) -> String {
        let (index, lost) = (recovery.found.size, recovery.missingLeaves)
        guard language == .japanese else {
            let gone = lost.map { "\($0) leaves are" } ?? "nobody knows how many leaves are"
            return "△ leaf \(index): the log went on from an older copy of \(recovery.origin); "
                + "\(gone) missing."
        }
        let gone = lost.map { "\($0) 件が失われています" } ?? "失われた件数は分かりません"
        return "△ 葉 \(index): \(recovery.origin) の以前の写しから続けた記録です。\(gone)。"
    }

    fileprivate func concealed(_ index: Int64) -> String {
        language == .japanese
            ? "✗ 葉 \(index): 値か索引が消されたか変えられています。検索では見つかりません。"
            : "✗ leaf \(index): its values or index rows are gone or changed; no search finds it."
    }
}
