import Cryptography
import Directory
import Foundation
import Primitives

@testable import Audit
@testable import Envelope

extension Reader {
    /// The one byte string for its files, with either padding.
    static let archive = Reader(name: "archive") { (bytes) throws(Finding) in
        var account: [UInt8]?
        for padding in [Padding.blocks, Padding.sheet] {
            let archive = attempt { () throws(DecodingRefusal) in
                try ContentArchive(reading: bytes, padding: padding)
            }
            guard let archive else { continue }
            try hold(archive.encoded(padding: padding) == bytes, "not written as it was read")
            account = archive.files.flatMap { $0.name.bytes + $0.bytes }
        }
        return account
    }

    private static let root = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Vectors/audit/root.pem")
        return try Certificate(pem: Array(Data(contentsOf: file)))
    }

    /// What `renkei verify` and `renkei audit verify` are given.
    static let evidence = Reader(name: "evidence") { (bytes) throws(Finding) in
        guard case .success(let root) = root else { throw Finding(text: "no root") }
        let file = attempt { () throws(EvidenceFault) in try EvidenceFile(reading: bytes) }
        let bundle = attempt { () throws(EvidenceFault) in try AuditBundle(reading: bytes) }
        try hold(file == nil || bundle == nil, "a delivery and a log at once")
        guard let archive = file?.archive ?? bundle?.archive else { return nil }
        try hold(archive.encoded() == bytes, "an evidence file is not written as it was read")
        var account: [UInt8] = []
        if let file, let now = Timestamp("2026-11-21T02:03:04.567Z") {
            let facts = attempt { () throws(EvidenceFault) in
                try EvidenceVerifier.verify(file, root: root, now: now)
            }
            account.append(facts == nil ? 0 : 1)
        }
        if let bundle {
            let facts = attempt { () throws(EvidenceFault) in
                try AuditBundleVerifier.verify(bundle, root: root)
            }
            account.append(facts == nil ? 0 : 1)
        }
        return account
    }

    /// A note, a checkpoint, a proof or a witness's line.
    static let checkpoint = Reader(name: "checkpoint") { (bytes) throws(Finding) in
        let note = attempt { () throws(DecodingRefusal) in try SignedNote(reading: bytes) }
        if let note {
            try hold(note.keeping(note.signatures).bytes == bytes, "a note is written otherwise")
        }
        let checkpoint = attempt { () throws(AuditRefusal) in try Checkpoint(reading: bytes) }
        if let checkpoint {
            try hold(note != nil, "a checkpoint is no note")
            let body = Checkpoint.body(checkpoint.origin, checkpoint.head)
            try hold(body == checkpoint.body, "a tree head is written otherwise")
            _ = checkpoint.cosignatures.map(\.at.dayInJapan)
        }
        let proof = attempt { () throws(AuditRefusal) in try TlogProof(reading: bytes) }
        if let proof { try hold(proof.bytes == bytes, "a proof is written otherwise") }
        return note != nil || proof != nil ? bytes : nil
    }

    /// A leaf of each kind of tree.
    static let leaf = Reader(name: "leaf") { (bytes) throws(Finding) in
        var account: [UInt8]?
        for tree in TreeKind.allCases {
            let leaf = attempt { () throws(DecodingRefusal) in
                try AuditLeaf(reading: bytes, in: tree)
            }
            guard let leaf else { continue }
            guard AuditCatalogue.rule(leaf.facts.event, in: tree) != nil else {
                throw Finding(text: "a leaf of an event that the catalogue has not")
            }
            let again = AuditLeaf(leaf.facts, in: tree, at: leaf.at, source: leaf.source)
            try hold(again.bytes == bytes, "a leaf is not written as it was read")
            account = (account ?? []) + tree.rawValue.bytes
        }
        return account
    }
}
