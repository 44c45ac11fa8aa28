import Audit
import Cryptography
import Directory
import Primitives
import TestKit

@testable import Envelope

/// Exported logs, good and bad, each with what both verifiers say of it.
struct AuditBundleCase {
    let name: String
    let bytes: [UInt8]
    /// The file inside and the code; nil where everything holds.
    let fault: String?

    init(_ name: String, _ bytes: [UInt8], _ fault: String? = nil) {
        self.name = name
        self.bytes = bytes
        self.fault = fault
    }

    static func all(_ log: ShownLog) async throws -> [AuditBundleCase] {
        try await good(log) + cut(log) + signed(log) + vouched(log) + opened(log) + formed(log)
    }

    private static func good(_ log: ShownLog) async throws -> [AuditBundleCase] {
        func bundle(
            _ shown: ClosedRange<Int>,
            _ from: String,
            _ to: String
        ) async throws -> [UInt8] {
            try await log.bundle(shown, of: ShownLog.period(from, to)).bytes
        }
        let alone = try await log.bundle(below: try await log.checkpoint())
        let toTheEnd = try await log.bundle(
            5...8,
            of: ShownLog.period("2026-11-13", "2026-11-13"),
            below: try await log.cosigned(try await log.checkpoint(size: 9))
        )
        let early = try await log.bundle(
            below: try await log.cosigned(
                try await log.checkpoint(),
                at: "2026-11-12T00:00:00.000Z"
            )
        )
        return [
            AuditBundleCase("whole", try await log.bundle().bytes),
            AuditBundleCase("opened", try await log.bundle(withOpenings: true).bytes),
            AuditBundleCase("without-witness", alone.bytes, "checkpoint notWitnessed"),
            AuditBundleCase("seen-to-the-end", toTheEnd.bytes),
            AuditBundleCase("seen-before-written", early.bytes, "leaves.jsonl wrongChain"),
            AuditBundleCase("all-of-it", try await bundle(0...9, "2026-01-01", "2026-12-31")),
            AuditBundleCase("to-the-end", try await bundle(5...9, "2026-11-13", "2026-11-30")),
            AuditBundleCase("after-the-end", try await bundle(9...9, "2026-11-15", "2026-11-16")),
            AuditBundleCase("before-all", try await bundle(0...0, "2026-01-01", "2026-01-31")),
            AuditBundleCase("two-first", try await bundle(0...2, "2026-11-09", "2026-11-09")),
        ]
    }

    /// Leaves are missing, moved or changed, or the period's ends are not shown.
    private static func cut(_ log: ShownLog) async throws -> [AuditBundleCase] {
        let whole = try await log.bundle()
        let (leaves, flanks) = ("leaves.jsonl", "range-proof")
        return [
            AuditBundleCase(
                "dropped",
                try whole.lines(leaves) { $0.remove(at: 2) },
                "leaves.jsonl contentDiffers"
            ),
            AuditBundleCase(
                "dropped-and-told",
                try whole.lines(leaves, head: { $0["last"] = 5 }) { $0.remove(at: 2) },
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "swapped",
                try whole.lines(leaves) { $0.swapAt(2, 3) },
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "another-leaf",
                try whole.lines(leaves) { $0[2] = log.leaves[8] },
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "moved",
                try whole.headed({
                    $0["first"] = 2
                    $0["last"] = 7
                }),
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "no-end",
                try await log.bundle(1...5).bytes,
                "leaves.jsonl periodDiffers"
            ),
            AuditBundleCase(
                "no-begin",
                try await log.bundle(2...6).bytes,
                "leaves.jsonl periodDiffers"
            ),
            AuditBundleCase(
                "too-much",
                try await log.bundle(0...6).bytes,
                "leaves.jsonl periodDiffers"
            ),
            AuditBundleCase(
                "another-period",
                try whole.headed({ $0["to"] = "2026-11-13" }),
                "leaves.jsonl periodDiffers"
            ),
            AuditBundleCase(
                "proof-short",
                try whole.lines(flanks) { $0.removeLast() },
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "proof-long",
                try whole.lines(flanks) { $0.append($0[0]) },
                "range-proof proofFails"
            ),
        ]
    }

    /// The log is another, or one of before, or its lines are not as they should be.
    private static func signed(_ log: ShownLog) async throws -> [AuditBundleCase] {
        let whole = try await log.bundle()
        let older = try await log.cosigned(try await log.checkpoint(size: 7))
        let foreign = try await log.checkpoint(
            key: log.world.exchange.logKey,
            in: log.world.exchange.store
        )
        let own = try await log.checkpoint()
        let forged = try await log.cosigned(
            own,
            as: WitnessName(log.world.exchange.host, member: log.clinic.id)
        )
        return [
            AuditBundleCase(
                "older-checkpoint",
                try whole.changed("checkpoint") { $0 = older.note },
                "checkpoint contentDiffers"
            ),
            AuditBundleCase(
                "older-checkpoint-and-size",
                try whole.changed("checkpoint", head: { $0["size"] = 7 }) { $0 = older.note },
                "range-proof proofFails"
            ),
            AuditBundleCase(
                "foreign-key",
                try await log.bundle(below: foreign).bytes,
                "checkpoint wrongSigner"
            ),
            AuditBundleCase(
                "no-witness-of-ours",
                try await log.bundle(below: forged).bytes,
                "checkpoint badSignature"
            ),
            AuditBundleCase(
                "witness-twice",
                try whole.lines("checkpoint") { $0.append($0[$0.count - 1]) },
                "checkpoint badSignature"
            ),
            AuditBundleCase(
                "witness-first",
                try whole.lines("checkpoint") { $0.swapAt(4, 5) },
                "checkpoint badSignature"
            ),
        ]
    }

    /// The log signed what no log may hold, or somebody else speaks for it.
    private static func vouched(_ log: ShownLog) async throws -> [AuditBundleCase] {
        let whole = try await log.bundle()
        let other = log.world.member(.hospital).id
        let back = log.reordered([0, 1, 2, 4, 3, 5, 6, 7, 8, 9])
        let strange = log.holding("{}".bytes, at: 3)
        return [
            AuditBundleCase(
                "back-in-time",
                try await back.bundle().bytes,
                "leaves.jsonl wrongChain"
            ),
            AuditBundleCase(
                "no-leaf",
                try await strange.bundle().bytes,
                "leaves.jsonl malformed"
            ),
            AuditBundleCase(
                "two-memberships",
                AuditBundle(
                    log.range(1...6, below: try await log.checkpoint()),
                    of: ShownLog.period,
                    openings: nil,
                    trust: try log.trust([.clinic, .hospital])
                ).bytes,
                "membership-\(other).der wrongSigner"
            ),
            AuditBundleCase(
                "no-membership",
                try whole.rewritten { $0.removeAll { $0.name.hasPrefix("membership-") } },
                "membership-\(log.clinic.id).der missing"
            ),
        ]
    }

    private static func opened(_ log: ShownLog) async throws -> [AuditBundleCase] {
        let whole = try await log.bundle(withOpenings: true)
        let beside = try await log.bundle(withOpenings: true, ofAllShown: true)
        func opening(
            _ place: Int,
            _ edit: (inout JSONObject) -> Void
        ) throws -> [UInt8] {
            try whole.lines("openings.jsonl") { lines in
                var object = try required(try JSON(canonical: lines[place]).object)
                edit(&object)
                lines[place] = JSON.object(object).canonicalBytes
            }
        }
        let differs = "openings.jsonl commitmentDiffers"
        let malformed = "openings.jsonl malformed"
        return [
            AuditBundleCase("wrong-value", try opening(3) { $0["value"] = "架空 別人" }, differs),
            AuditBundleCase("wrong-field", try opening(7) { $0["field"] = "peer" }, differs),
            AuditBundleCase("of-a-leaf-beside", beside.bytes, differs),
            AuditBundleCase("no-field", try opening(7) { $0["field"] = "name" }, malformed),
            AuditBundleCase("no-such-leaf", try opening(7) { $0["index"] = 9 }, differs),
            AuditBundleCase("before-the-shown", try opening(0) { $0["index"] = 0 }, differs),
            AuditBundleCase("uncommitted", try opening(0) { $0["field"] = "actorRole" }, differs),
            AuditBundleCase(
                "value-twice",
                try whole.lines("openings.jsonl") { $0.insert($0[0], at: 0) },
                malformed
            ),
            AuditBundleCase(
                "fewer",
                try whole.lines("openings.jsonl") { $0.removeLast() }
            ),
        ]
    }

    private static func formed(_ log: ShownLog) async throws -> [AuditBundleCase] {
        let whole = try await log.bundle(withOpenings: true)
        let heads: [(String, (inout JSONObject) -> Void)] = [
            ("another-type", { $0["type"] = "bundle" }), ("version-2", { $0["version"] = 2 }),
            ("a-member-more", { $0["note"] = "x" }), ("no-day", { $0["from"] = "2026-11-31" }),
            ("ends-first", { $0["to"] = "2026-11-09" }), ("last-below", { $0["last"] = 0 }),
            ("last-above", { $0["last"] = 10 }), ("negative", { $0["first"] = -1 }),
            ("no-tree", { $0["origin"] = "exchange.example/log/other/2026" }),
        ]
        var cases = try heads.map { name, edit in
            AuditBundleCase(name, try whole.headed(edit), "audit.json malformed")
        }
        for name in ["leaves.jsonl", "range-proof", "checkpoint", "chain.pem", "policy.der"] {
            let without = try whole.rewritten { $0.removeAll { $0.name.hasSameBytes(as: name) } }
            cases.append(AuditBundleCase("without-\(name)", without, "\(name) missing"))
        }
        for name in ["leaves.jsonl", "openings.jsonl", "range-proof"] {
            let unended = try whole.changed(name) { $0.removeLast() }
            cases.append(AuditBundleCase("unended-\(name)", unended, "\(name) malformed"))
        }
        cases += [
            AuditBundleCase(
                "only-line-ends",
                try whole.changed("range-proof") { $0 = [UInt8](repeating: 0x0A, count: 129) },
                "range-proof malformed"
            ),
            AuditBundleCase(
                "strange-file",
                try whole.rewritten { $0.append(ContentArchive.File(name: "zz.txt", bytes: [1])) },
                "zz.txt unknownFile"
            ),
            AuditBundleCase("nothing", [], "archive notCanonical"),
            AuditBundleCase("cut", Array(whole.bytes.dropLast(512)), "archive notCanonical"),
            AuditBundleCase(
                "another-log",
                try whole.headed({
                    $0["origin"] = .string(log.world.exchange.transportOrigin.text)
                }),
                "membership-\(log.clinic.id).der wrongSigner"
            ),
        ]
        return cases
    }
}
