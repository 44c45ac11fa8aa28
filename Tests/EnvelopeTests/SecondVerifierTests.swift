import Audit
import Cryptography
import Delivery
import Directory
import Primitives
import TestKit
import Testing

@testable import Envelope

/// The verifier in Swift and the one in `Deploy/verify`, over the same files.
struct SecondVerifierTests {
    private struct Case {
        let name: String
        let bytes: [UInt8]
        /// The file inside and the code; nil where everything holds.
        let fault: String?

        init(_ name: String, _ bytes: [UInt8], _ fault: String? = nil) {
            self.name = name
            self.bytes = bytes
            self.fault = fault
        }
    }

    /// One world for all tests: nothing in it changes.
    private static let messages = Task { try Messages(try await World.make()) }
    private static let whole = Task { try await Delivered.make(try await messages.value) }

    private func evidence(_ delivered: Delivered, _ contents: EvidenceFile.Contents) -> [UInt8] {
        EvidenceFile(to: delivered.world.member(.clinic).id, contents).bytes
    }

    @Test func `both say the same of what is good and of what is signed and wrong`() async throws {
        let delivered = try await Self.whole.value
        let root = delivered.world.exchange.root.certificate
        var cases = try await good() + signed(delivered) + listed(delivered)
        cases += try await malformed(delivered.file) + added(delivered)
        let others = try SecondVerifier.verdicts(on: cases.map(\.bytes), root: root)
        for (one, other) in zip(cases, others) {
            let ours = SecondVerifier.ours(one.bytes, root: root, now: MachineTime().now)
            #expect(ours.fault == one.fault, "\(one.name)")
            #expect(other == ours, "\(one.name)")
        }
        let place = [cases[0].bytes]
        let foreign = try await World.make(seed: 2).exchange.root.certificate
        let answers = try SecondVerifier.verdicts(on: place, root: foreign)
        #expect(answers.map(\.fault) == ["chain.pem wrongRoot"])
    }

    /// Several hundred files of a seed: a bit, a byte less or more, a file less, one for another;
    /// the list goes along, so that what is signed stands alone against them.
    @Test(arguments: [1, 2] as [UInt64])
    func `both say the same of spoilt files, and believe none`(seed: UInt64) async throws {
        let delivered = try await Self.whole.value
        let root = delivered.world.exchange.root.certificate
        let random = SeededRandom(seed: seed)
        let files = try (0..<120).map { _ in try spoilt(delivered.file, random) }
        let others = try SecondVerifier.verdicts(on: files, root: root)
        for (place, (bytes, other)) in zip(files, others).enumerated() {
            let ours = SecondVerifier.ours(bytes, root: root, now: MachineTime().now)
            #expect(ours.fault != nil, "file \(place) of seed \(seed)")
            // Of what has no form, a tag and a length may be said in two ways; not where it stands.
            let names = [ours, other].map { $0.fault?.split(separator: " ").first }
            #expect(names[0] == names[1], "file \(place) of seed \(seed): \(ours), \(other)")
        }
    }

    // MARK: Cases

    private func good() async throws -> [Case] {
        let messages = try await Self.messages.value
        let delivered = try await Self.whole.value
        var bare = delivered.contents
        bare.sealed = nil
        bare.content = nil
        var told = delivered.trust
        let sender = delivered.world.member(.careOffice).id
        told.entry = delivered.world.directory.member(sender)?.entryStatement
        let renewed = try await Delivered.make(messages) { try await $0.renewSigning() }
        return [
            Case("whole", delivered.file.bytes),
            Case("without content", evidence(delivered, bare)),
            Case("with the sender's hours", evidence(delivered, delivered.contents(trust: told))),
            Case("refused", try await Delivered.refused(messages, .invalidSheet).file.bytes),
            Case("taken back", try await Delivered.takenBack(messages).file.bytes),
            Case("over a change of the key", renewed.file.bytes),
        ]
    }

    /// What only the exchange or a member could make.
    private func signed(_ delivered: Delivered) async throws -> [Case] {
        let world = delivered.world
        let other = try await Delivered.make(try await Self.messages.value, seed: 9)
        var receipts = delivered.receipts
        receipts[1] = other.receipts[1]
        let silent = delivered.receipts.enumerated().map { index, receipt in
            EvidenceFile.ProvedReceipt(
                statement: receipt.statement,
                proof: index == 2 ? nil : receipt.proof,
                disclosure: receipt.disclosure
            )
        }
        let sender = world.member(.careOffice)
        let byRegistrar = try await world.exchange.registrar.sign(
            DirectoryEntry(onPaper: sender.entry, by: world.exchange.id),
            at: world.start
        )
        let member = world.member(.clinic)
        let recipient = try required(world.directory.member(member.id)?.entryStatement)
        return [
            Case(
                "a receipt of another message",
                evidence(delivered, delivered.contents(receipts: receipts)),
                "delivered.der wrongChain"
            ),
            Case(
                "a promise that was not kept",
                evidence(delivered, delivered.contents(receipts: silent)),
                "opened.der promiseBroken"
            ),
            Case(
                "hours of the sender, told by the registrar",
                try delivered.file.adding(EvidenceName.entry(sender.id), byRegistrar.bytes),
                "entry-\(sender.id).der wrongSigner"
            ),
            Case(
                "hours of the recipient",
                try delivered.file.adding(EvidenceName.entry(member.id), recipient.bytes),
                "entry-\(member.id).der wrongSigner"
            ),
        ]
    }

    private func listed(_ delivered: Delivered) async throws -> [Case] {
        let world = delivered.world
        let authority = world.exchange.memberAuthority
        func file(
            _ time: Timestamp,
            _ revoked: [RevokedCertificate] = []
        ) async throws -> [UInt8] {
            let list = try await world.exchange.list(
                of: authority,
                number: 2,
                at: time,
                revoked: revoked
            )
            let others = world.directory.lists.filter { $0.issuerKeyID != list.issuerKeyID }
            let trust = delivered.trust(lists: others + [list])
            return evidence(delivered, delivered.contents(trust: trust))
        }
        // *delivered* came before the date, *opened* after it.
        let revoked = RevokedCertificate(
            serial: world.member(.clinic).signing.certificate.serial,
            reason: .keyCompromise,
            since: world.start.adding(.seconds(90))
        )
        return [
            Case("revoked", try await file(world.start, [revoked]), "opened.der untrusted"),
            // A list begins an hour before the time it is made for.
            Case("a list of long after", try await file(world.start.adding(.days(400)))),
            Case("an old list", try await file(world.start.adding(.hours(-70)))),
            Case(
                "a list too old",
                try await file(world.start.adding(.hours(-71) - .seconds(1))),
                "submission.der untrusted"
            ),
        ]
    }

    /// Words and proofs for which nobody vouched, beside what holds.
    private func added(_ delivered: Delivered) async throws -> [Case] {
        let file = delivered.file
        let opened = try required(file.archive["disclosure-opened.json"])
        let takenBack = try await Delivered.takenBack(try await Self.messages.value).file
        func disclosing(_ edit: (inout JSONObject) throws -> Void) throws -> [UInt8] {
            try file.changed("disclosure-opened.json") { bytes in
                var object = try required(try JSON(canonical: bytes).object)
                try edit(&object)
                bytes = JSON.object(object).canonicalBytes
            }
        }
        let authority = delivered.world.exchange.memberAuthority.certificate.der
        return [
            Case(
                "a disclosure of a receipt that names none",
                try file.adding("disclosure-delivered.json", opened),
                "disclosure-delivered.json commitmentDiffers"
            ),
            Case(
                "a text beside the openings",
                try disclosing { $0["text"] = "別の言葉" },
                "disclosure-opened.json commitmentDiffers"
            ),
            Case(
                "an opening too many",
                try disclosing { object in
                    let openings = try required(object["openings"]?.array)
                    object["openings"] = .array(openings + [openings[0]])
                },
                "disclosure-opened.json commitmentDiffers"
            ),
            Case(
                "a leaf of what promises none",
                try takenBack.adding("withdrawal.leaf.json", opened),
                "withdrawal.leaf.json unknownFile"
            ),
            Case(
                "another authority in the content",
                try file.changed("content.der") { bytes in
                    let place = try required(bytes.firstIndex(of: authority))
                    bytes[place + authority.count - 1] ^= 1
                },
                "content.der wrongSigner"
            ),
        ]
    }

    private func malformed(_ file: EvidenceFile) throws -> [Case] {
        let list = try required(file.archive["evidence.json"])
        let text = String(decoding: list.dropFirst(), as: UTF8.self)
        let deep = String(repeating: "[", count: 30_000)
        let heads = [
            deep, deep + String(repeating: "]", count: 30_000), "{\"a\":1,\"a\":1,\(text)",
            "{\"a\":NaN,\(text)", "{\"a\":1.5,\(text)", "{\"a\":null,\(text)", "{ \(text)",
            "{\"a\":-0,\(text)", "{\"a\":9007199254740992,\(text)", "\u{FEFF}{\(text)",
            "{\"a\":\"\\ud800\",\(text)", "{\"a\":1\(String(repeating: "0", count: 5000)),\(text)",
            "", "null", "[]", "1",
        ]
        var cases = heads.map { head in
            Case("\(head.prefix(20))", file.headed(by: head.bytes), "evidence.json malformed")
        }
        cases += [
            Case("nothing", [], "archive notCanonical"),
            Case("no files", ContentArchive(files: []).encoded(), "evidence.json missing"),
            Case("cut", Array(file.bytes.dropLast(512)), "archive notCanonical"),
            Case("longer", file.bytes + [UInt8](repeating: 0, count: 512), "archive notCanonical"),
            Case("not listed", file.unlisted("policy.der"), "policy.der notListed"),
            Case("listed alone", file.listed(without: "opened.der"), "opened.der missing"),
            Case(
                "a strange name",
                try file.rewritten { files in
                    files.append(ContentArchive.File(name: "zz.txt", bytes: [1]))
                },
                "zz.txt unknownFile"
            ),
            Case(
                "another order",
                try file.rewritten { $0.swapAt(0, 1) },
                "verify.txt notCanonical"
            ),
            Case(
                "another text",
                try file.changed("verify.txt") { $0 += [0x0A] },
                "verify.txt textDiffers"
            ),
        ]
        for name in ["routing.json", "submission.der", "accepted.der", "chain.pem", "policy.der"] {
            let without = try file.rewritten { $0.removeAll { $0.name == name } }
            cases.append(Case("without \(name)", without, "\(name) missing"))
            let empty = try file.changed(name) { $0 = [] }
            cases.append(Case("\(name) empty", empty, "\(name) malformed"))
        }
        return cases
    }

    private func spoilt(_ file: EvidenceFile, _ random: SeededRandom) throws -> [UInt8] {
        func draw(_ count: Int) -> Int {
            Int(random.bytes(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) % count
        }
        // Without these the rest is whole.
        let spare = ["sealed.der", "content.der", "disclosure-", "membership-"]
        return try file.rewritten { files in
            let place = draw(files.count)
            let name = files[place].name
            var bytes = files[place].bytes
            switch draw(8) {
            case 0 where !spare.contains(where: name.hasPrefix):
                files.remove(at: place)
                return
            case 1: bytes = files[(place + 1 + draw(files.count - 1)) % files.count].bytes
            case 2: bytes.remove(at: draw(bytes.count))
            case 3: bytes.insert(UInt8(draw(256)), at: draw(bytes.count))
            case 4: bytes.append(UInt8(draw(256)))
            default: bytes[draw(bytes.count)] ^= 1 << UInt8(draw(8))
            }
            files[place] = ContentArchive.File(name: name, bytes: bytes)
        }
    }
}
