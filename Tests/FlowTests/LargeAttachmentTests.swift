import Cryptography
import Delivery
import Envelope
import Foundation
import Gateway
import Primitives
import Storage
import TestKit
import Testing

/// Attachments in chunks: cut, resumed, never held whole.
@Suite struct LargeAttachmentTests {
    private static let chunks = 3

    private static func file() -> [UInt8] {
        SeededRandom(seed: 7).bytes((chunks - 1) * Limits.chunkPlainBytes + 5)
    }

    /// From the care office to the hospital, accepted by the exchange.
    private static func sent(_ file: [UInt8], _ town: Town) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let sheet = try await FlowSheet.named("admission-info-1", for: office) { sheet in
            sheet["attachments"] = .array([FlowSheet.attachment("大.pdf", file)])
        }
        let sent = try await office.send(
            SendRequest(sheet: sheet, attachments: try await office.packed([file])),
            by: Town.careManager
        )
        return MessageKey(from: office.member, messageID: sent.messageID)
    }

    @Test func `a fetch that is cut goes on where it was, after a restart too`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let file = Self.file()
        town.wire(.hospital).fail { $0.chunksThatCome = 1 }
        let key = try await Self.sent(file, town)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("exchangeUnreachable"))
        #expect(try await town.rows(key, at: .hospital) == 0)
        try await town.reopen(.hospital)
        let before = town.wire(.hospital).chunksAskedFor
        town.wire(.hospital).fail()
        try await town.settle()
        #expect(town.wire(.hospital).chunksAskedFor == before + Self.chunks - 1)
        #expect(try await town.state(key) == .delivered)
        let opened = try await town.office(.hospital).open(key, by: Town.nurse)
        #expect(opened.attachments.map(\.pieceCount) == [Self.chunks])
        #expect(try await town.office(.hospital).whole(opened.attachments) == [file])
        await #expect(throws: GatewayError.self) {
            _ = try await town.office(.hospital).piece(Self.chunks, of: opened.attachments[0])
        }
    }

    @Test func `what is taken back while its chunks arrive is never opened`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let time = town.time
        // Each turn takes in one chunk.
        town.wire(.hospital).fail { $0.onChunk = { time.advance(by: .seconds(6)) } }
        let file = SeededRandom(seed: 7).bytes(4 * Limits.chunkPlainBytes + 5)
        let key = try await Self.sent(file, town)
        try await town.round(.careOffice)
        try await town.round(.hospital)
        #expect(try await town.rows(key, at: .hospital) == 0)
        #expect(try await town.withdraw(key) == .requested)
        try await town.settle()
        #expect(try await town.state(key) == .withdrawn)
        let course = try await town.office(.careOffice).course(of: key.messageID)
        #expect(course.copies.first?.answer?.outcome == .neverOpened)
        await #expect(throws: GatewayError.self) {
            _ = try await town.office(.hospital).open(key, by: Town.nurse)
        }
    }

    @Test func `bytes that the line has changed are no fault of the sender`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        town.wire(.hospital).fail { $0.spoilsChunks = true }
        let key = try await Self.sent(Self.file(), town)
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(failures.codes.contains("exchangeAnswerMalformed"))
        #expect(try await town.state(key) == .accepted)
        town.wire(.hospital).fail()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `a chunk that the disk does not give holds up its own message alone`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic, .hospital])
        let key = try await Self.sent(Self.file(), town)
        let folders = try FileManager.default.subpathsOfDirectory(atPath: town.folder.path)
            .filter { $0.hasPrefix("gateway/") && $0.hasSuffix("/segments") }
            .map { town.folder.path + "/" + $0 }
        for folder in folders {
            try FileManager.default.moveItem(atPath: folder, toPath: folder + "-away")
        }
        let failures = Town.FailureList()
        let other = try await town.sendLiaison()
        try await town.settle(rounds: 6, failures: failures)
        #expect(try await town.state(key) == .queued)
        #expect(try await town.state(other) == .delivered)
        // Not at each of two turns a round: its tries become rarer.
        let told = failures.codes.count { $0.hasPrefix("store") }
        #expect((1...8).contains(told))
        for folder in folders {
            try FileManager.default.moveItem(atPath: folder + "-away", toPath: folder)
        }
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `an upload is told of until it has ended`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        town.wire(.careOffice).fail { $0.losesChunks = true }
        let key = try await Self.sent(Self.file(), town)
        try await town.settle(failures: Town.FailureList())
        let progress = try #require(office.progress(of: key.messageID))
        #expect(progress.done == 0 && progress.total == Self.chunks)
        town.wire(.careOffice).fail()
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(office.progress(of: key.messageID) == nil)
        #expect(try await town.state(key) == .delivered)
    }

    @Test func `what was taken in and never sent is dropped after some time`() async throws {
        let town = try await Town.make(places: [.careOffice, .hospital])
        let office = town.office(.careOffice)
        let kept = try await office.packed([Self.file()])
        let key = try await Self.sent(SeededRandom(seed: 8).bytes(5 * 1024 * 1024), town)
        try await town.settle()
        #expect(kept.chunks.count == Self.chunks)
        for chunk in kept.chunks { #expect(try await office.store.chunk(chunk) != nil) }
        town.time.advance(by: Limits.unclaimedChunksOfOffice + .minutes(1))
        try await town.settle(failures: Town.FailureList())
        for chunk in kept.chunks { #expect(try await office.store.chunk(chunk) == nil) }
        let claimed = try await office.store.read { stored throws(StoreError) in
            try stored.chunks(of: key)
        }
        #expect(claimed.count == 2)
        for chunk in claimed { #expect(try await office.store.chunk(chunk) != nil) }
    }

    @Test func `pieces come in turn, and no more than a message carries`() async throws {
        let town = try await Town.make(places: [.careOffice])
        let intake = town.office(.careOffice).intake()
        let tooLong = await #expect(throws: GatewayError.self) {
            try await intake.take([UInt8](repeating: 1, count: Limits.chunkPlainBytes + 1))
        }
        try await intake.take([1])
        let afterTheEnd = await #expect(throws: GatewayError.self) {
            try await intake.take([2])
        }
        #expect([tooLong?.code, afterTheEnd?.code] == ["pieceUnfit", "pieceUnfit"])
        await intake.end()
        #expect(await intake.packed.digests == [SHA256.hash([1])])
        #expect(await intake.packed.chunks.isEmpty)
    }
}
