import Audit
package import Cryptography
import Delivery
import Envelope
import Foundation
package import Primitives

/// `Deploy/verify`: the check of evidence files and of exported logs that shares no line with
/// ours.
package enum SecondVerifier {
    /// What one of the two says of a file.
    package struct Verdict: Equatable, Sendable, CustomStringConvertible {
        /// Each with all that is told of it.
        package let facts: [String]
        /// The file inside and the code of what does not hold.
        package let fault: String?

        package var description: String { fault ?? facts.joined(separator: "; ") }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Runs it once over all `files`.
    ///
    /// - Throws: `Failure` with its own words where it says anything but a verdict on each.
    package static func verdicts(
        on files: [[UInt8]],
        root: Certificate
    ) throws -> [Verdict] {
        try told(by: "evidence", of: files, root: root).map { lines in
            guard lines[0]["holds"]?.bool != false else {
                return Verdict(facts: [], fault: text(lines[0], "file", "code"))
            }
            let facts = lines.map { text($0, "fact", "file", "by", "at", "name", "person") }
            let proved = lines.map { $0["proved"]?.bool == true ? " proved" : "" }
            return Verdict(facts: zip(facts, proved).map { $0 + $1 }, fault: nil)
        }
    }

    /// The same of `audit.py`, over exported logs.
    package static func verdicts(
        onBundles files: [[UInt8]],
        root: Certificate
    ) throws -> [Verdict] {
        try told(by: "audit", of: files, root: root).map { lines in
            guard lines[0]["holds"]?.bool == true, var object = lines[0].object else {
                return Verdict(facts: [], fault: text(lines[0], "file", "code"))
            }
            object["bundle"] = nil
            return Verdict(facts: [JSON.object(object).canonicalText], fault: nil)
        }
    }

    /// What a script says of each file: at least one line.
    private static func told(
        by script: String,
        of files: [[UInt8]],
        root: Certificate
    ) throws -> [[JSON]] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "second-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = files.indices.map { "\($0).renkei" }
        for (name, file) in zip(names, files) {
            try Data(file).write(to: folder.appending(path: name))
        }
        try Data(root.pem.bytes).write(to: folder.appending(path: "root.pem"))
        let told = try run(script, names + ["--root", "root.pem", "--json"], in: folder)
        return try names.map { name in
            let lines = told.filter { ($0["evidence"] ?? $0["bundle"])?.string == name }
            guard !lines.isEmpty else { throw Failure(description: "\(name): silence") }
            return lines
        }
    }

    /// The verdict of ours on an exported log.
    package static func ours(onBundle file: [UInt8], root: Certificate) -> Verdict {
        do throws(EvidenceFault) {
            let bundle = try AuditBundle(reading: file)
            let facts = try AuditBundleVerifier.verify(bundle, root: root)
            return Verdict(facts: [facts.json.canonicalText], fault: nil)
        } catch {
            return Verdict(facts: [], fault: "\(error.file) \(error.fault.rawValue)")
        }
    }

    /// The same of ours.
    package static func ours(_ file: [UInt8], root: Certificate, now: Timestamp) -> Verdict {
        do throws(EvidenceFault) {
            let facts = try EvidenceVerifier.verify(
                try EvidenceFile(reading: file),
                root: root,
                now: now
            )
            return Verdict(facts: facts.map(text), fault: nil)
        } catch {
            return Verdict(facts: [], fault: "\(error.file) \(error.fault.rawValue)")
        }
    }

    private static func run(
        _ name: String,
        _ arguments: [String],
        in folder: URL
    ) throws -> [JSON] {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Deploy/verify/\(name).py").standardizedFileURL
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script.path] + arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
        process.waitUntilExit()
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        do {
            let told = try lines.map { try JSON(reading: $0) }
            let isGood = !told.contains {
                $0["holds"]?.bool == false || $0["complete"]?.bool == false
            }
            guard process.terminationStatus == (isGood ? 0 : 1) else {
                throw Failure(description: "exit code \(process.terminationStatus)")
            }
            return told
        } catch is DecodingRefusal {
            throw Failure(description: String(decoding: bytes, as: UTF8.self))
        }
    }

    private static func text(_ json: JSON, _ names: String...) -> String {
        names.compactMap { json[$0]?.string }.joined(separator: " ")
    }

    private static func text(_ fact: EvidenceFact) -> String {
        let words = [
            fact.kind.rawValue, fact.file, fact.by.text, fact.at.description, fact.name,
            fact.disclosure?.value(.actorName),
        ]
        return words.compactMap(\.self).joined(separator: " ") + (fact.isProved ? " proved" : "")
    }
}
