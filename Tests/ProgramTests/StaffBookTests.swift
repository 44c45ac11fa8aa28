import Audit
import Foundation
import Gateway
import Primitives
import Staff
import TestKit
import Testing

@testable import renkei

/// Accounts as an organisation's gateway keeps them.
@Suite struct StaffBookTests {
    private static func act(_ account: AccountID, of member: MemberID) -> AuditFacts {
        AuditFacts(
            .accountChanged,
            by: Town.nurse,
            for: PartyID(member),
            on: .account(account),
            at: SimulatedTime.start
        )
    }

    @Test func `an account is stored with its leaves, once for each revision`() async throws {
        let town = try await Town.make(places: [.clinic])
        let office = town.office(.clinic)
        let book = SealedAccountBook(gateway: office)
        let id = AccountID.make(SeededRandom(seed: 8))
        let act = Self.act(id, of: office.member)
        #expect(try await book.accounts().isEmpty)
        try await book.save("one".bytes, as: id, expecting: nil, [act])
        try await book.save("two".bytes, as: id, expecting: 1, [act, act])
        for wrong in [nil, 1, 3] as [Int64?] {
            let fault = await #expect(throws: AccountBookFault.self) {
                try await book.save("three".bytes, as: id, expecting: wrong, [act])
            }
            guard case .conflict = fault else { throw fault ?? .conflict }
        }
        try await book.record([act])
        let stored = try await book.accounts()
        #expect(stored.map(\.id) == [id])
        #expect(stored[0].revision == 2)
        #expect(stored[0].bytes == "two".bytes)
        let entries = try await office.auditEntries(of: nil, message: nil, by: Town.nurse)
        #expect(entries.count { $0.leaf.facts.event == .accountChanged } == 4)
    }

    @Test func `on the disk of an office nobody is named`() async throws {
        let town = try await Town.make(places: [.clinic])
        let office = town.office(.clinic)
        let desk = try await StaffDesk.open(
            SealedAccountBook(gateway: office),
            of: PartyID(office.member),
            settings: StaffSettings(issuer: "診療所"),
            hasher: PasswordHasher(cost: .least),
            seams: (time: town.time, random: SeededRandom(seed: 3))
        )
        let name = try #require(SignInName("marker-zebra"))
        let profession = try #require(RoleCode("nurse"))
        let new = try #require(
            NewAccount(name, named: "目印 縞馬", profession: profession, roles: [.administrator])
        )
        _ = try await desk.add(new, by: .console(Town.nurse))
        let paths = FileManager.default.enumerator(atPath: town.folder.path)?.compactMap {
            $0 as? String
        }
        var searched = 0
        for path in paths ?? [] {
            guard let bytes = FileManager.default.contents(atPath: town.folder.path + "/" + path)
            else { continue }
            searched += bytes.count
            for marker in ["marker-zebra", "目印 縞馬"] {
                #expect(bytes.range(of: Data(marker.utf8)) == nil, "\(path)")
            }
        }
        #expect(searched > 0)
    }
}
