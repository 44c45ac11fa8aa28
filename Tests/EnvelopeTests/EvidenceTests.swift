import Audit
import Cryptography
import Delivery
import Directory
import Foundation
import Primitives
import TestKit
import Testing

@testable import Envelope

/// What an evidence file proves, and how it fails.
struct EvidenceTests {
    /// One delivery for all tests: nothing in it changes.
    private static let shared = Task {
        try await Delivered.make(try Messages(try await World.make()))
    }

    private func verify(
        _ bytes: [UInt8],
        _ delivered: Delivered,
        later: Duration = .hours(1)
    ) throws(EvidenceFault) -> [EvidenceFact] {
        try EvidenceVerifier.verify(
            try EvidenceFile(reading: bytes),
            root: delivered.world.exchange.root.certificate,
            now: delivered.world.start.adding(later)
        )
    }

    private func fault(
        _ bytes: [UInt8],
        _ delivered: Delivered,
        later: Duration = .hours(1)
    ) -> EvidenceFault? {
        do throws(EvidenceFault) {
            _ = try verify(bytes, delivered, later: later)
            return nil
        } catch { return error }
    }

    private func file(_ contents: EvidenceFile.Contents, _ delivered: Delivered) -> [UInt8] {
        EvidenceFile(to: delivered.world.member(.clinic).id, contents).bytes
    }

    // MARK: Facts

    @Test func `every fact of a delivery is proved`() async throws {
        let delivered = try await Self.shared.value
        let facts = try verify(delivered.file.bytes, delivered)
        #expect(
            facts.map(\.kind) == [
                .sent, .accepted, .delivered, .opened, .disclosed, .confirmed, .disclosed, .content,
            ]
        )
        #expect(!facts.contains { !$0.isProved })
        #expect(facts[0].name == "ひだまり居宅介護支援事業所")
        #expect(facts[1].by.exchange == delivered.world.exchange.id)
        #expect(facts[2].name == "みどり診療所")
        #expect(facts[4].disclosure?.value(.actorName) == "架空 看護子")
        #expect(facts[5].at == delivered.world.start.adding(.minutes(3)))
        // Years later too: everything is judged at its own time.
        #expect(try verify(delivered.file.bytes, delivered, later: .days(3000)).count == 8)
    }

    @Test func `without content the chain still holds`() async throws {
        let delivered = try await Self.shared.value
        var contents = delivered.contents
        contents.sealed = nil
        contents.content = nil
        let facts = try verify(file(contents, delivered), delivered)
        #expect(facts.map(\.kind).contains(.confirmed))
        #expect(!facts.map(\.kind).contains(.content))
    }

    @Test func `a refusal is a fact, its text is told and not proved`() async throws {
        let messages = try Messages(try await World.make())
        let refused = try await Delivered.refused(messages, .invalidSheet)
        let facts = try verify(refused.file.bytes, refused)
        #expect(facts.map(\.kind) == [.sent, .accepted, .refused, .disclosed, .content])
        #expect(facts.map(\.isProved) == [true, true, true, false, true])
        #expect(facts[3].disclosure?.text == "/body")
    }

    @Test func `a receipt without proof is promised until the merge delay is over`() async throws {
        let delivered = try await Self.shared.value
        let receipts = delivered.receipts.enumerated().map { index, receipt in
            EvidenceFile.ProvedReceipt(
                statement: receipt.statement,
                proof: index == 2 ? nil : receipt.proof,
                disclosure: receipt.disclosure
            )
        }
        let bytes = file(delivered.contents(receipts: receipts), delivered)
        let facts = try verify(bytes, delivered)
        #expect(facts.filter { !$0.isProved }.map(\.file) == ["opened.der"])
        let end = Duration.minutes(2) + .hours(24)
        #expect(fault(bytes, delivered, later: end) == nil)
        #expect(
            fault(bytes, delivered, later: end + .milliseconds(1))
                == EvidenceFault("opened.der", .promiseBroken)
        )
    }

    // MARK: Faults

    @Test func `any changed byte is found`() async throws {
        let delivered = try await Self.shared.value
        let good = delivered.file.bytes
        let accepted = stride(from: 0, to: good.count, by: 31).filter { index in
            fault(good.flipped(at: index), delivered) == nil
        }
        #expect(accepted.isEmpty)
        #expect(fault(Array(good.dropLast(512)), delivered)?.file == "archive")
    }

    /// One byte changed in a file, and its line in the list with it.
    @Test func `a changed file is named, also when the list goes along`() async throws {
        let delivered = try await Self.shared.value
        let expected: [(String, EvidenceFault.Fault)] = [
            ("verify.txt", .textDiffers), ("submission.der", .badSignature),
            ("sealed.der", .contentDiffers), ("content.der", .badSignature),
            ("accepted.der", .badSignature), ("delivered.der", .badSignature),
            ("opened.der", .badSignature), ("confirmed.der", .badSignature),
            ("policy.der", .badSignature), ("opened.leaf.json", .proofFails),
            ("opened.tlog-proof", .proofFails), ("disclosure-opened.json", .commitmentDiffers),
        ]
        for (name, fault) in expected {
            let bytes = try delivered.file.rewritten { files in
                let index = try required(files.firstIndex { $0.name == name })
                var bytes = files[index].bytes
                let position = try position(of: fault, in: bytes, name)
                bytes[position] ^= 1
                files[index] = ContentArchive.File(name: name, bytes: bytes)
            }
            #expect(self.fault(bytes, delivered) == EvidenceFault(name, fault))
        }
        let unlisted = delivered.file.bytes.flipped(at: 512 * 3 + 100)
        #expect(fault(unlisted, delivered) != nil)
    }

    /// Where a flipped bit leaves the form whole: the end of a signature, the text, a hash.
    private func position(
        of fault: EvidenceFault.Fault,
        in bytes: [UInt8],
        _ name: String
    ) throws -> Int {
        switch name {
        case "opened.leaf.json":
            try required(bytes.firstIndex(of: "\"statementSha256\":\"".bytes)) + 19
        case "disclosure-opened.json": try required(bytes.firstIndex(of: "liaison".bytes))
        case "opened.tlog-proof": try required(bytes.firstIndex(of: "index 2".bytes)) + 6
        default: bytes.count - 1
        }
    }

    @Test func `a removed receipt leaves its proof alone`() async throws {
        let delivered = try await Self.shared.value
        let removed = try delivered.file.rewritten { files in
            files.removeAll { $0.name == "opened.der" }
        }
        #expect(fault(removed, delivered) == EvidenceFault("opened.der", .missing))
        let whole = try delivered.file.rewritten { files in
            files.removeAll { $0.name.contains("opened") }
        }
        // The next receipt names one that is not there.
        #expect(fault(whole, delivered) == EvidenceFault("confirmed.der", .wrongChain))
        let listed = delivered.file.listed(without: "opened.der")
        #expect(fault(listed, delivered) == EvidenceFault("opened.der", .missing))
    }

    @Test func `a receipt of another delivery is named`() async throws {
        let delivered = try await Self.shared.value
        let messages = try Messages(delivered.world)
        let other = try await Delivered.make(messages, seed: 9)
        for (index, name) in ["accepted.der", "delivered.der", "opened.der", "confirmed.der"]
            .enumerated()
        {
            var receipts = delivered.receipts
            receipts[index] = other.receipts[index]
            let bytes = file(delivered.contents(receipts: receipts), delivered)
            let found = fault(bytes, delivered)
            #expect(found == EvidenceFault(name, .wrongChain))
        }
        let proof = EvidenceFile.ProvedReceipt(
            statement: delivered.statements[1],
            proof: ReceiptProof(
                leaf: try required(other.file.archive["delivered.leaf.json"]),
                tlogProof: try required(other.file.archive["delivered.tlog-proof"])
            ),
            disclosure: nil
        )
        let receipts = [delivered.receipts[0], proof] + delivered.receipts.dropFirst(2)
        let bytes = file(delivered.contents(receipts: receipts), delivered)
        #expect(fault(bytes, delivered) == EvidenceFault("delivered.leaf.json", .proofFails))
    }

    @Test func `a wrong root is told`() async throws {
        let delivered = try await Self.shared.value
        let other = try await World.make(seed: 2)
        #expect(throws: EvidenceFault("chain.pem", .wrongRoot)) {
            _ = try EvidenceVerifier.verify(
                delivered.file,
                root: other.exchange.root.certificate,
                now: delivered.world.start
            )
        }
    }

    @Test func `a list that does not fit the files is told`() async throws {
        let delivered = try await Self.shared.value
        let strange = try delivered.file.rewritten { files in
            files.append(ContentArchive.File(name: "zz.txt", bytes: [1]))
        }
        #expect(fault(strange, delivered) == EvidenceFault("zz.txt", .unknownFile))
        let misplaced = try delivered.file.rewritten { $0.swapAt(0, 1) }
        #expect(fault(misplaced, delivered) == EvidenceFault("verify.txt", .notCanonical))
        let extra = delivered.file.unlisted("policy.der")
        #expect(fault(extra, delivered) == EvidenceFault("policy.der", .notListed))
        #expect(
            fault(ContentArchive(files: []).encoded(), delivered)
                == EvidenceFault("evidence.json", .missing)
        )
    }

    @Test func `what the file must hold is missed`() async throws {
        let delivered = try await Self.shared.value
        let clinic = EvidenceName.membership(delivered.world.member(.clinic).id)
        let names = [
            "verify.txt", "routing.json", "submission.der", "accepted.der", "chain.pem",
            "policy.der", "opened.leaf.json", "opened.tlog-proof", clinic,
        ]
        for name in names {
            let bytes = try delivered.file.rewritten { $0.removeAll { $0.name == name } }
            let fault = try required(fault(bytes, delivered))
            #expect(fault.file == name)
            #expect(fault.fault == (name == "verify.txt" ? .textDiffers : .missing))
        }
    }

    @Test func `a certificate without its list is not trusted`() async throws {
        let delivered = try await Self.shared.value
        let bytes = try delivered.file.rewritten { $0.removeAll { $0.name.hasPrefix("crl-") } }
        #expect(fault(bytes, delivered) == EvidenceFault("chain.pem", .untrusted))
    }

    @Test func `a receipt signed by a revoked certificate is not trusted`() async throws {
        let delivered = try await Self.shared.value
        let world = delivered.world
        let list = try await world.exchange.list(
            of: world.exchange.memberAuthority,
            number: 2,
            at: world.start.adding(.days(1)),
            revoked: [
                RevokedCertificate(
                    serial: world.member(.clinic).signing.certificate.serial,
                    reason: .keyCompromise,
                    since: world.start.adding(.seconds(90))
                )
            ]
        )
        let others = world.directory.lists.filter { $0.issuerKeyID != list.issuerKeyID }
        let trust = delivered.trust(lists: others + [list])
        let bytes = file(delivered.contents(trust: trust), delivered)
        // *delivered* came before the date, *opened* after it.
        #expect(fault(bytes, delivered) == EvidenceFault("opened.der", .untrusted))
    }

    @Test(arguments: EvidenceFault.Fault.allCases)
    func `every fault advises`(fault: EvidenceFault.Fault) {
        let error = EvidenceFault("opened.der", fault)
        #expect(error.code == "evidenceFails" && error.summary.contains("opened.der"))
        #expect(!error.advice.isEmpty && !error.isTemporary)
    }

    // MARK: By hand

    @Test(arguments: [true, false])
    func `verify.txt runs with stock tools`(withContent: Bool) async throws {
        let delivered = try await Self.shared.value
        var contents = delivered.contents
        if !withContent {
            contents.sealed = nil
            contents.content = nil
        }
        let folder = try unpacked(file(contents, delivered), delivered)
        let output = try OpenSSL.program("/bin/bash", ["verify.txt"], in: folder.url)
        let text = String(decoding: output, as: UTF8.self)
        #expect(text.contains("confirmed: \(delivered.world.member(.clinic).id)"))
        #expect(text.contains("content: manifest.json routing.json sheet.json") == withContent)
        #expect(text.hasSuffix("All signatures and hashes hold.\n"))
    }

    /// The submission names each chunk's seal beside that of the whole.
    @Test func `verify.txt runs for a sheet with a large attachment`() async throws {
        let delivered = try await Delivered.make(
            try Messages(try await World.make()),
            attaching: SeededRandom(seed: 5).bytes(Limits.unchunkedPartBytes + 1)
        )
        #expect(!delivered.message.chunks.isEmpty)
        let folder = try unpacked(delivered.file.bytes, delivered)
        let output = try OpenSSL.program("/bin/bash", ["verify.txt"], in: folder.url)
        #expect(String(decoding: output, as: UTF8.self).hasSuffix("hold.\n"))
    }

    @Test func `verify.txt of a refusal runs too`() async throws {
        let messages = try Messages(try await World.make())
        let refused = try await Delivered.refused(messages, .invalidSheet)
        let folder = try unpacked(refused.file.bytes, refused)
        let output = try OpenSSL.program("/bin/bash", ["verify.txt"], in: folder.url)
        #expect(String(decoding: output, as: UTF8.self).contains("refused: "))
    }

    @Test(arguments: [
        "submission.der", "accepted.der", "opened.der", "content.der", "routing.json",
        "confirmed.leaf.json",
    ])
    func `verify.txt stops at a changed file`(name: String) async throws {
        let delivered = try await Self.shared.value
        let folder = try unpacked(delivered.file.bytes, delivered)
        let url = folder.url.appending(path: name)
        let bytes = Array(try Data(contentsOf: url))
        let digit = bytes.firstIndex(of: "\"statementSha256\":\"".bytes).map { $0 + 19 }
        try folder.write(name, bytes.flipped(at: digit ?? bytes.count - 2))
        #expect(throws: OpenSSL.Failure.self) {
            _ = try OpenSSL.program("/bin/bash", ["verify.txt"], in: folder.url)
        }
    }

    @Test func `verify.txt stops at another root`() async throws {
        let delivered = try await Self.shared.value
        let other = try await World.make(seed: 2)
        let folder = try unpacked(delivered.file.bytes, delivered)
        try folder.write("root.pem", other.exchange.root.certificate.pem.bytes)
        #expect(throws: OpenSSL.Failure.self) {
            _ = try OpenSSL.program("/bin/bash", ["verify.txt"], in: folder.url)
        }
    }

    // MARK: Helpers

    private func unpacked(_ bytes: [UInt8], _ delivered: Delivered) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let file = try folder.write("message.renkei", bytes)
        _ = try OpenSSL.program("/usr/bin/tar", ["xf", file], in: folder.url)
        let root = delivered.world.exchange.root.certificate
        try folder.write("root.pem", root.pem.bytes)
        return folder
    }
}

extension [UInt8] {
    /// Where `part` first stands.
    func firstIndex(of part: [UInt8]) -> Int? {
        guard count >= part.count else { return nil }
        return (0...(count - part.count)).first { self[$0...].starts(with: part) }
    }
}
