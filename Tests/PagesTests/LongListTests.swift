import Audit
import Cryptography
import Delivery
import Directory
import Foundation
import Gateway
import Primitives
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages

/// Offices that have worked for years: a list shows fifty lines, however many there are.
/// `Deploy/test` runs this suite by itself, with nothing beside.
@Suite(.serialized) struct LongListTests {
    private static let many = 10_000
    private static let pages = [
        "", "/inbox", "/inbox?show=unopened", "/inbox?show=owed", "/inbox?page=150",
        "/inbox?show=unassigned", "/inbox?show=mine", "/outbox",
        "/outbox?show=waiting", "/outbox?show=failed", "/outbox?page=150",
    ]

    @Test func `with ten thousand sheets a page answers as quickly as with a hundred`() async throws
    {
        let town = try await PagesTown.make()
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        try await town.town.settle()
        let clinic = try await town.clerk("hitoshi", at: .clinic, profession: "doctor")
        try await fill(town, 0..<100)
        let few = (
            try await quickest(care, .careOffice, town), try await quickest(clinic, .clinic, town)
        )
        try await fill(town, 100..<Self.many)
        let long = (
            try await quickest(care, .careOffice, town), try await quickest(clinic, .clinic, town)
        )
        for (few, long) in [(few.0, long.0), (few.1, long.1)] {
            for (path, (before, after)) in zip(Self.pages, zip(few, long)) {
                #expect(after < max(before * 3, .milliseconds(100)), "\(path)")
            }
        }
        await clinic.open(town.path(.clinic, "/inbox?page=150"))
        #expect(clinic.has("全 \(Self.many + 1) 件中 7451–7500 件目"))

        // What a first visit loads: the page and the style; there is nothing else.
        await clinic.open(town.path(.clinic, "/inbox"))
        #expect(clinic.html.utf8.count + Style.text.utf8.count < 150_000)
    }

    /// The quickest of five each: what else the machine does makes some of them slow.
    private func quickest(
        _ clerk: Clerk,
        _ place: World.Place,
        _ town: PagesTown
    ) async throws -> [Duration] {
        var quickest: [Duration] = []
        for path in Self.pages {
            var times: [Duration] = []
            for _ in 0..<5 {
                let start = MachineTime().uptime
                await clerk.open(town.path(place, path))
                times.append(MachineTime().uptime - start)
                #expect(clerk.status == 200, "\(path)")
            }
            quickest.append(times.min() ?? .zero)
        }
        return quickest
    }

    /// Puts sheets like the first one into both stores, as the gateway itself would.
    private func fill(_ town: PagesTown, _ numbers: Range<Int>) async throws {
        let (care, clinic) = (town.town.office(.careOffice), town.town.office(.clinic))
        let sent = try #require(try await care.outbox(limit: 1).first)
        let got = try #require(try await clinic.inbox(limit: 1).first)
        let random = SeededRandom(seed: UInt64(numbers.lowerBound))
        let draft = try await care.draftBytes(of: sent.message)
        let sheet = try await clinic.sheetBytes(of: got.key)
        var act = care.facts(.deadlineWarned, by: .system, on: .message(sent.message))
        act.peer = PartyID(clinic.member)
        act.reason = AuditReason("notOpened")
        for batch in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 500) {
            let ids = (batch..<min(batch + 500, numbers.upperBound)).map { number in
                let at = sent.createdAt.adding(.seconds(-number))
                return (number: number, at: at, id: MessageID.make(at: at, random))
            }
            var (out, into): ([GatewayWrite], [GatewayWrite]) = ([], [])
            for (number, at, id) in ids {
                let row = sent.again(id, at, try await care.vault.seal(draft, .draft(id), of: nil))
                let key = MessageKey(from: got.key.from, messageID: id)
                let column = try await clinic.vault.seal(
                    sheet,
                    .inboxSheet(key.name),
                    of: nil
                )
                out += [.queue(row)]
                into += [.receive(try #require(got.again(key, at, column)), nil)]
                if number.isMultiple(of: 3) {
                    into.append(.moveInbox(key, .opened, at: at))
                    out.append(.moveOutbox(id, to: sent.copies[0].to, .opened, at: at))
                }
                let peer = sent.copies[0].to
                let awaited = ExpectationName(
                    MessageKey(from: care.member, messageID: id),
                    peer,
                    .reply
                )
                let owed = ExpectationName(key, got.key.from, .reply)
                if number.isMultiple(of: 2) {
                    out.append(.expect(ExpectationRow(awaited, due: at)))
                    into.append(.expect(ExpectationRow(owed, due: at)))
                }
            }
            try await care.record([act], writes: out)
            try await clinic.record([act], writes: into)
        }
    }
}

extension OrganisationGateway {
    fileprivate func draftBytes(of message: MessageID) async throws -> [UInt8] {
        let column = try await read { stored throws(StoreError) in try stored.draft(of: message) }
        return try await vault.open(try #require(column), .draft(message))
    }

    fileprivate func sheetBytes(of key: MessageKey) async throws -> [UInt8] {
        let column = try await read { stored throws(StoreError) in try stored.sheet(of: key) }
        return try await vault.open(try #require(column), .inboxSheet(key.name))
    }
}

extension OutboxRow {
    fileprivate func again(_ id: MessageID, _ at: Timestamp, _ draft: SealedColumn) -> OutboxRow {
        OutboxRow(
            message: id,
            thread: thread,
            sheetType: sheetType,
            urgency: urgency,
            inReplyTo: nil,
            replaces: nil,
            createdAt: at,
            holdUntil: at,
            expiresAt: expiresAt,
            draft: draft,
            copies: copies.map {
                OutboxCopy(to: $0.to, desk: $0.desk, state: .delivered, movedAt: at)
            },
            isSealed: true,
            wasAttempted: true,
            blockedFor: nil,
            revision: 1
        )
    }
}

extension InboxRow {
    fileprivate func again(_ key: MessageKey, _ at: Timestamp, _ column: SealedColumn) -> InboxRow?
    {
        guard let sheet else { return nil }
        return InboxRow(
            key: key,
            state: .delivered,
            urgency: urgency,
            receivedAt: at,
            expiresAt: expiresAt,
            movedAt: at,
            sealedSha256: sealedSha256,
            reason: nil,
            sheet: InboxSheet(
                thread: sheet.thread,
                sheetType: sheet.sheetType,
                contentSha256: SHA256.hash(key.name.bytes),
                inReplyTo: nil,
                desk: sheet.desk,
                replyDueAt: sheet.replyDueAt,
                sealed: column
            ),
            revision: 1
        )
    }
}
