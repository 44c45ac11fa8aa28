import Consent
import Cryptography
import Delivery
import Directory
import Envelope
import Primitives
import Sheets
import TestKit
import Testing

/// A message goes from one gateway to the other.
struct OpeningTests {
    @Test func `a sheet arrives as it was sent`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        let message = try await messages.message(sheet)
        let verified = try await messages.open(message.bytes)
        #expect(verified.sheet.bytes == sheet.bytes)
        #expect(verified.contentSha256 == message.contentSha256)
        #expect(verified.content == message.content)
        #expect(verified.arrival.key == message.routing.key)
        #expect(verified.checks.revocationFreshness == .fresh)
        #expect(verified.checks.certificateListNumber == 1)
        #expect(verified.checks.policy == 1)
        let signer = messages.world.member(.careOffice).signing.certificate
        #expect(verified.checks.signerCertificateSha256 == signer.sha256)
        #expect("\(verified)" == "VerifiedSheet")
    }

    @Test func `two recipients open the same bytes`() async throws {
        let messages = try Messages(try await World.make())
        let places: [World.Place] = [.clinic, .hospital]
        let message = try await messages.message(try messages.sheet(to: places), to: places)
        for place in places {
            let verified = try await messages.open(message.bytes, at: place)
            #expect(verified.contentSha256 == message.contentSha256)
        }
    }

    @Test func `a reply is judged with the sheet it answers`() async throws {
        let messages = try Messages(try await World.make())
        let asked = try messages.sheet()
        let reply = try messages.sheet(
            "care-liaison-reply-1.json",
            from: .clinic,
            to: [.careOffice],
            answering: asked
        )
        let message = try await messages.message(reply, from: .clinic, to: [.careOffice])
        let context = messages.context(.careOffice, answered: asked)
        let verified = try await messages.open(message.bytes, at: .careOffice, context)
        #expect(verified.sheet.inReplyTo == asked.sheetID)
    }

    @Test func `the largest content is opened, a larger one is not`() async throws {
        let messages = try Messages(try await World.make())
        func forged(_ lastBytes: Int) async throws -> Forged {
            var forge = try Forge(messages)
            let sizes = [Int](repeating: Limits.unchunkedPartBytes, count: 7) + [lastBytes]
            let attachments = sizes.enumerated().map { index, size in
                (bytes: [UInt8](repeating: UInt8(index), count: size), isChunked: false)
            }
            forge.attach(attachments)
            return try await forge.make()
        }
        let largest = try await forged(200_000)
        let content = try SignedData(reading: largest.content, limit: Limits.sealedBytes).content
        #expect(content.count == Limits.contentBytes)
        #expect(try await messages.open(largest.bytes).attachments.count == 8)
        let larger = try await forged(Limits.unchunkedPartBytes)
        #expect(larger.sealed.count > Limits.sealedBytes)
        await #expect(throws: OpenRefusal.refused(.tooLarge, step: 1, detail: "")) {
            _ = try await messages.open(larger.bytes)
        }
    }

    @Test(arguments: [
        ("partAbove", OpenRefusal.refused(.tooLarge, step: 16, detail: "part")),
        ("chunkSecond", .refused(.damagedPart, step: 16, detail: "chunk list")),
        ("partShorter", .refused(.damagedPart, step: 16, detail: "chunk order")),
        ("nothing", nil),
    ])
    func `what is wrong with the chunks shows before they are fetched`(
        edit: String,
        refusal: OpenRefusal?
    ) async throws {
        let messages = try Messages(try await World.make())
        var forge = try Forge(messages)
        forge.attach([(bytes: [UInt8](repeating: 7, count: 5000), isChunked: true)])
        forge.manifest = { manifest in
            var parts = manifest["parts"]?.array ?? []
            guard case .object(var part)? = parts.last else { return }
            if edit == "partAbove" { part["byteLength"] = .count(Limits.attachmentBytes + 1) }
            if edit == "partShorter" { part["byteLength"] = 4999 }
            parts[parts.count - 1] = .object(part)
            manifest["parts"] = .array(parts)
            if edit == "chunkSecond", let rows = manifest["chunks"]?.array {
                manifest["chunks"] = .array(rows + rows)
            }
        }
        let arrival = try Arrival(try await forge.make().bytes, directory: messages.world.directory)
        let member = messages.world.member(.clinic)
        let opened = try await OpenedEnvelope(arrival, keys: member.keys, store: member.store)
        do throws(OpenRefusal) {
            let checked = try await opened.checked(messages.context())
            #expect(refusal == nil && checked.chunks.count == 1)
            #expect("\(checked)" == "CheckedEnvelope")
        } catch { #expect(error == refusal) }
    }

    // MARK: Held

    @Test func `an old list is told, a very old one holds the message`() async throws {
        let messages = try Messages(try await World.make())
        let message = try await messages.message(try messages.sheet())
        func open(_ later: Duration) async throws -> VerifiedSheet {
            try await messages.open(message.bytes, messages.context(later: later))
        }
        // The lists of this world begin an hour and a part of a second before it.
        let second = Duration.seconds(1)
        #expect(try await open(.hours(23) - second).checks.revocationFreshness == .fresh)
        #expect(try await open(.hours(23)).checks.revocationFreshness == .stale)
        #expect(try await open(.hours(71) - second).checks.revocationFreshness == .stale)
        await #expect(throws: OpenRefusal.held(.listStale)) { _ = try await open(.hours(71)) }
    }

    @Test func `a directory without the exchange holds the message`() async throws {
        let messages = try Messages(try await World.make())
        let message = try await messages.message(try messages.sheet())
        let empty = DirectoryView(root: messages.world.exchange.root.certificate)
        #expect(throws: OpenRefusal.held(.directoryUnverified)) {
            _ = try Arrival(message.bytes, directory: empty)
        }
    }

    @Test func `a key store that fails holds the message`() async throws {
        let messages = try Messages(try await World.make())
        let message = try await messages.message(try messages.sheet())
        let clinic = messages.world.member(.clinic)
        try await clinic.store.destroy(clinic.encryption.key)
        await #expect(throws: OpenRefusal.held(.keyUnusable)) {
            _ = try await messages.open(message.bytes)
        }
    }

    static let receipts: [(note: String, edit: @Sendable (inout JSONObject) -> Void)] = [
        ("of another routing header", { $0["routingSha256"] = .hash(SHA256.hash([])) }),
        ("of another submission", { $0["submissionSha256"] = .hash(SHA256.hash([])) }),
        ("of other sealed bytes", { $0["sealedSha256"] = .hash(SHA256.hash([])) }),
        ("of another message", { $0["messageId"] = "019aa3c5-1c47-7000-8000-000000000001" }),
        ("of another exchange", { $0["issuer"] = .name(ExchangeID.make(SeededRandom(seed: 3))) }),
        ("for a log that the policy has not", { $0["logOrigin"] = "other.example/log/keys/2026" }),
        ("for the log of keys", { $0["logOrigin"] = "exchange.example/log/keys/2026" }),
        ("of another kind", { $0["type"] = "expired" }),
    ]

    @Test(arguments: receipts.indices)
    func `a receipt that does not hold holds the message`(_ index: Int) async throws {
        let row = Self.receipts[index]
        let messages = try Messages(try await World.make())
        var forge = try Forge.small(messages)
        forge.acceptance = row.edit
        let forged = try await forge.make()
        #expect(throws: OpenRefusal.held(.receiptUnusable), "\(row.note)") {
            _ = try Arrival(forged.bytes, directory: messages.world.directory)
        }
    }

    // MARK: Withdrawals

    @Test func `a sheet after a withdrawal that was told is refused`() async throws {
        let messages = try Messages(try await World.make())
        let sheet = try messages.sheet()
        let message = try await messages.message(sheet)
        let id = try #require(sheet.consent.recordID)
        var context = messages.context()
        let before = messages.world.start.dayInJapan.adding(days: -1)
        context.withdrawals = [id: [ConsentWithdrawal(on: before)]]
        await #expect(throws: OpenRefusal.refused(.consentMissing, step: 17, detail: "C-8")) {
            _ = try await messages.open(message.bytes, context)
        }
    }

    // MARK: Refusals

    @Test(arguments: OpenRefusal.HoldReason.allCases)
    func `a held message waits for somebody`(reason: OpenRefusal.HoldReason) {
        let refusal = OpenRefusal.held(reason)
        #expect(refusal.isHeld && refusal.isTemporary)
        #expect(refusal.code == "quarantined" && refusal.reasonCode == reason.rawValue)
        #expect(!refusal.advice.isEmpty && refusal.summary.contains(reason.rawValue))
    }

    @Test(arguments: RefusalCode.allCases)
    func `a refusal tells its public code alone`(code: RefusalCode) {
        let refusal = OpenRefusal.refused(code, step: 9, detail: "of the log")
        #expect(!refusal.isHeld && !refusal.isTemporary)
        #expect(refusal.code == code.rawValue && refusal.reasonCode == code.rawValue)
        #expect(!refusal.summary.contains("of the log") && !refusal.advice.isEmpty)
    }
}
