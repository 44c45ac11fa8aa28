import Cryptography
import Delivery
import Envelope
import Gateway
import Primitives
import Sheets
import Storage
import TestKit
import Testing

/// The attachments of a draft, which may lie for weeks.
@Suite struct DraftFilesTests {
    private static let label = FileLabel(
        name: "計画.pdf",
        mediaType: "application/pdf",
        kind: AttachmentKind("carePlan")
    )

    private static func draft(
        at office: OrganisationGateway,
        _ town: Town
    ) async throws -> MessageID {
        let id = MessageID.make(at: town.time.now, SystemRandom())
        try await office.keep(draft: id, [1], over: nil, by: Town.careManager)
        return id
    }

    private static func file(_ number: Int) -> [UInt8] {
        SeededRandom(seed: UInt64(number)).bytes(700)
    }

    /// Takes in a file after those that were read.
    private static func taken(
        _ bytes: [UInt8],
        after files: DraftFiles,
        at office: OrganisationGateway
    ) async throws -> PackedAttachments {
        let intake = office.intake(after: files)
        try await intake.take(bytes)
        await intake.end()
        return await intake.packed
    }

    private static func attach(
        _ number: Int,
        to draft: MessageID,
        at office: OrganisationGateway
    ) async throws {
        let files = try await office.files(of: draft)
        let packed = try await taken(file(number), after: files, at: office)
        try await office.attach(label, packed, to: draft, by: Town.careManager)
    }

    private static func chunks(
        of draft: MessageID,
        at office: OrganisationGateway
    ) async throws -> [Digest] {
        let key = MessageKey(from: office.member, messageID: draft)
        return try await office.store.read { stored throws(StoreError) in
            try stored.chunks(of: key)
        }
    }

    @Test func `they are there after a restart and after weeks, and go with the draft`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice])
        let draft = try await Self.draft(at: town.office(.careOffice), town)
        for number in 1...3 {
            try await Self.attach(number, to: draft, at: town.office(.careOffice))
        }
        let office = try await town.reopen(.careOffice)
        let files = try await office.files(of: draft)
        #expect(files.listed.count == 3 && files.listed.allSatisfy { $0.byteLength == 700 })
        let all = try await Self.chunks(of: draft, at: office)
        #expect(all.count == 3, "even small ones are no part of what is read with every page")
        try await office.detach(files.listed[1].sha256, from: draft, by: Town.careManager)
        let left = try await Self.chunks(of: draft, at: office)
        #expect(left == [all[0], all[2]])
        town.time.advance(by: Limits.unclaimedChunksOfOffice + .minutes(1))
        try await town.settle(failures: Town.FailureList())
        for chunk in left { #expect(try await office.store.chunk(chunk) != nil) }
        #expect(try await office.store.chunk(all[1]) == nil)
        try await office.discard(draft: draft, by: Town.careManager)
        #expect(try await office.files(of: draft).listed.isEmpty)
        town.time.advance(by: .hours(25))
        try await town.settle(failures: Town.FailureList())
        for chunk in left { #expect(try await office.store.chunk(chunk) == nil) }
    }

    @Test func `of two that begin at once one comes first, of further ones both stay`() async throws
    {
        let town = try await Town.make(places: [.careOffice])
        let office = town.office(.careOffice)
        let draft = try await Self.draft(at: office, town)
        let first = try await Self.taken(Self.file(1), after: .none, at: office)
        let other = try await Self.taken(Self.file(2), after: .none, at: office)
        try await office.attach(Self.label, first, to: draft, by: Town.careManager)
        await #expect(throws: GatewayError.self) {
            try await office.attach(Self.label, other, to: draft, by: Town.careManager)
        }
        let files = try await office.files(of: draft)
        let third = try await Self.taken(Self.file(3), after: files, at: office)
        let fourth = try await Self.taken(Self.file(4), after: files, at: office)
        try await office.attach(Self.label, third, to: draft, by: Town.careManager)
        try await office.attach(Self.label, fourth, to: draft, by: Town.careManager)
        #expect(try await office.files(of: draft).listed.count == 3)
        for _ in 0..<2 {
            try await office.attach(Self.label, fourth, to: draft, by: Town.careManager)
        }
        #expect(try await office.files(of: draft).listed.count == 3)
        #expect(try await Self.chunks(of: draft, at: office).count == 3)
    }

    @Test func `a draft has ten, and one that is no more has none`() async throws {
        let town = try await Town.make(places: [.careOffice])
        let office = town.office(.careOffice)
        let draft = try await Self.draft(at: office, town)
        for number in 0..<Limits.attachedFiles {
            try await Self.attach(number, to: draft, at: office)
        }
        await #expect(throws: GatewayError.self) {
            try await Self.attach(11, to: draft, at: office)
        }
        try await office.discard(draft: draft, by: Town.careManager)
        await #expect(throws: GatewayError.self) {
            try await Self.attach(12, to: draft, at: office)
        }
        try await office.detach(SHA256.hash([]), from: draft, by: Town.careManager)
    }

    @Test func `a draft goes on paper without attachments alone, and leaves nothing of them`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let draft = try await Self.draft(at: office, town)
        try await Self.attach(1, to: draft, at: office)
        let sheet = try await FlowSheet.liaison(for: office)
        await #expect(throws: GatewayError.self) {
            _ = try await office.takeToPaper(sheet, from: (draft, 1), by: Town.careManager)
        }
        let file = try await office.files(of: draft).listed[0]
        try await office.detach(file.sha256, from: draft, by: Town.careManager)
        _ = try await office.takeToPaper(sheet, from: (draft, 1), by: Town.careManager)
        let left = try await office.store.read { stored throws(StoreError) in
            try stored.records(.draftFiles)
        }
        #expect(left.isEmpty)
    }

    /// What was read before another has changed it ends nothing.
    @Test func `a draft is not sent with other attachments than were read`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let office = town.office(.careOffice)
        let draft = try await Self.draft(at: office, town)
        let read = try await office.files(of: draft)
        try await Self.attach(1, to: draft, at: office)
        let request = SendRequest(
            sheet: try await FlowSheet.liaison(for: office),
            of: draft,
            in: 1,
            with: read
        )
        await #expect(throws: GatewayError.self) {
            _ = try await office.send(request, by: Town.careManager)
        }
        #expect(try await office.files(of: draft).listed.count == 1)
    }
}
