import Cryptography
import Delivery
import Directory
import Envelope
import ExchangeAPI
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Exchange
@testable import Gateway

/// Keys over time: everything is renewed before it ends, and mail goes on over every change.
@Suite struct RenewalTests {
    @Test func `an office lives on for more than a year, and no sheet is lost over any key`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let begun = try Self.state(town)
        var sent: [MessageKey] = []
        for _ in 0..<21 {
            // Sealed to the key of today, fetched two days later.
            let key = try await town.sendLiaison()
            try await Courier(town.office(.careOffice)) { _ in }.round()
            sent.append(key)
            await town.pass(.days(2))
            try await town.settle(rounds: 2)
            #expect(try await town.state(key) == .delivered)
            await town.pass(.days(16))
            try await town.settle(rounds: 1)
        }
        for key in sent {
            #expect(try await town.rows(key) == 1)
            _ = try await town.office(.clinic).open(key, by: Town.nurse)
        }
        try await town.settle()
        for key in sent { #expect(try await town.state(key) == .opened) }
        let ended = try Self.state(town)
        #expect(begun.isDisjoint(with: ended))
        for place in [World.Place.careOffice, .clinic] {
            let events = try await town.events(place)
            #expect(!events.contains { $0.hasPrefix("receipt.rejected") })
            #expect(!events.contains { $0.hasPrefix("key.foreignCertificate") })
            #expect(!events.contains { $0.hasPrefix("message.refused") })
            // Private signing and TLS keys go; encryption keys stay, for old mail.
            let handles = town.keys(place).handles()
            #expect(handles.count { $0.use == .signing } <= 2)
            #expect(handles.count { $0.use == .transport } == 1)
            #expect(handles.count { $0.use == .encryption } == 2)
        }
    }

    @Test func `the key of the store is renewed at work, cut short anywhere, and the old one goes`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let key = try await town.sendLiaison()
        try await town.settle()
        let sheet = try await town.office(.clinic).open(key, by: Town.nurse).sheet.bytes
        let keys = town.keys(.clinic)
        func storage() -> [KeyHandle] { keys.handles().filter { $0.use == .storage } }
        let first = storage()
        for moment in [Faults.Moment.before, .afterwards] {
            var commit = 0
            var isCut = true
            while isCut {
                commit += 1
                let fault = TownFault(at: commit, moment)
                let clinic = try await town.reopen(.clinic, fault: fault)
                do { try await clinic.renewStorageKey(by: Town.nurse) } catch {
                    #expect(fault.isReached)
                }
                isCut = fault.isReached
                let again = try await town.reopen(.clinic)
                #expect(try await again.open(key, by: Town.nurse).sheet.bytes == sheet)
            }
            #expect(storage().count == 1, "whatever was left is gone")
        }
        #expect(storage() != first)
        let events = try await town.events(.clinic)
        #expect(events.contains("key.rotated") && events.contains("key.destroyed"))
        try await town.settle()
        _ = try await town.sendLiaison()
    }

    /// The submission is signed with one key and the sender's hours with another; the receipts too.
    @Test func `evidence holds when both ends changed their keys on the way`() async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.office(.careOffice).renew([.signing], by: Town.careManager)
        let key = try await town.sendLiaison()
        try await town.settle()
        #expect(try await town.state(key) == .delivered)
        try await town.office(.clinic).renew([.signing], by: Town.nurse)
        try await town.settle()
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await town.settle()
        for place in [World.Place.careOffice, .clinic] {
            let file = try await town.office(place).evidence(of: key, to: nil, withContent: true)
            let ours = SecondVerifier.ours(file.bytes, root: town.root, now: town.time.now)
            #expect(ours.fault == nil)
            #expect(ours.facts.contains { $0.hasPrefix("opened") && $0.hasSuffix("proved") })
            #expect(try SecondVerifier.verdicts(on: [file.bytes], root: town.root) == [ours])
        }
    }

    /// All certificates in use.
    private static func state(_ town: Town) throws -> Set<Digest> {
        let now = town.time.now
        var certificates: Set<Digest> = [
            town.node.identity.receipts.certificate.sha256,
            town.node.identity.registrar.certificate.sha256,
            town.node.identity.server.certificate.sha256,
        ]
        for place in [World.Place.careOffice, .clinic] {
            let member = town.office(place).member
            let view = town.office(place).view
            let signing = view.signingCertificate(of: PartyID(member), at: now)
            certificates.insert(try required(signing).sha256)
            let sealedTo = try view.encryptionCertificate(for: member, at: now, until: now)
            certificates.insert(sealedTo.sha256)
        }
        return certificates
    }

    @Test(arguments: Faults.Moment.allCases)
    func `a stop at any commit of a renewal leaves an office that works`(
        moment: Faults.Moment
    ) async throws {
        let town = try await Town.make(places: [.careOffice, .clinic])
        let all: [MemberKeyUsage] = [.signing, .encryption, .transport]
        for number in 1...40 {
            let fault = TownFault(at: number, moment)
            let office = try await town.reopen(.clinic, fault: fault)
            do {
                try await office.renew(all, by: Town.nurse)
            } catch { /* The power is gone. */  }
            try await town.reopen(.clinic)
            let failures = Town.FailureList()
            try await town.settle(rounds: 1, failures: failures)
            #expect(failures.codes == [], "commit \(number)")
            await town.pass(.hours(25))
            let key = try await town.sendLiaison()
            try await town.settle(rounds: 2)
            _ = try await town.office(.clinic).open(key, by: Town.nurse)
            try await town.settle(rounds: 2)
            #expect(try await town.state(key) == .opened, "commit \(number)")
            guard fault.isReached else {
                #expect(number > 5)
                break
            }
        }
        let kept = try await TransportIdentity.stored(
            in: town.office(.clinic).store,
            town.keys(.clinic)
        )
        #expect(kept != nil)
    }

    @Test func `a stop of the exchange at any commit leaves keys that everybody agrees on`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        for number in 1...30 {
            let fault = TownFault(at: number, .afterwards)
            try await town.reopenExchange(fault: fault)
            do {
                try await town.office(.clinic).renew([.signing, .encryption], by: Town.nurse)
            } catch { /* The answer did not come. */  }
            try await town.reopenExchange()
            let failures = Town.FailureList()
            try await town.settle(rounds: 2, failures: failures)
            let key = try await town.sendLiaison()
            try await town.settle(rounds: 2)
            #expect(try await town.state(key) == .delivered, "commit \(number)")
            guard fault.isReached else {
                #expect(number > 3)
                return
            }
        }
    }

    @Test func `whoever hears of a new key late asks the directory before it refuses`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice, .clinic])
        try await town.office(.careOffice).renew([.signing], by: Town.careManager)
        let key = try await town.sendLiaison()
        try await Courier(town.office(.careOffice)) { _ in }.round()
        // The clinic takes in mail before it has read the directory.
        try await town.office(.clinic).receive(waitSeconds: 0)
        #expect(try await town.rows(key) == 1)
        try await town.office(.clinic).renew([.signing], by: Town.nurse)
        _ = try await town.office(.clinic).open(key, by: Town.nurse)
        try await Courier(town.office(.clinic)) { _ in }.round()
        try await town.office(.careOffice).takeEvents(waitSeconds: 0)
        #expect(try await town.state(key) == .opened)
    }

    @Test func `the exchange renews what it shows and signs with, and says so to its listener`()
        async throws
    {
        let town = try await Town.make(places: [.careOffice])
        let told = Lock(0)
        town.node.onNewCredentials { told.withLock { $0 += 1 } }
        let before = try await town.node.credentials().chain
        await town.pass(.days(59))
        #expect(told.withLock { $0 } == 0)
        await town.pass(.days(2))
        #expect(told.withLock { $0 } == 1)
        let after = try await town.node.credentials()
        #expect(after.chain != before)
        let receipts = town.node.identity.receipts.certificate
        await town.pass(.days(214))
        #expect(town.node.identity.receipts.certificate != receipts)
        // Another start finds the newest.
        let server = town.node.identity.server.certificate
        try await town.reopenExchange()
        #expect(town.node.identity.server.certificate == server)
        #expect(try await town.node.credentials().chain.contains(server.pem))
    }

    @Test func `a renewal asked for twice gives the same certificates`() async throws {
        let town = try await Town.make(places: [.clinic])
        let store = MemoryKeyStore(seed: "twice".bytes)
        let session = town.node.session(of: town.office(.clinic).member)
        var requests: [WireCertificateRequest] = []
        for usage in MemberKeyUsage.allCases {
            let use = try required(KeyUse(rawValue: usage.rawValue))
            let key = try await store.generate(use, label: usage.rawValue)
            let request = try await CertificateRequest.make(for: key, in: store)
            requests.append(WireCertificateRequest(usage: usage, request: request.der))
        }
        let first = try await session.renew(requests)
        #expect(try await session.renew(requests) == first)
        #expect(try first.map { try Certificate(reading: $0).role } == requests.map(\.usage.role))
        // Certified is not yet believed.
        let held = try first.prefix(2).map { try Certificate(reading: $0) }
        #expect(held.allSatisfy { town.node.view.isHeld($0) })
        for wrong in [[], requests + requests] {
            await #expect(throws: ExchangeError.self) { _ = try await session.renew(wrong) }
        }
    }
}

extension Town {
    /// Time passes with the exchange at work.
    func pass(_ duration: Duration) async {
        time.advance(by: duration)
        await node.tidy { _ in }
    }
}
