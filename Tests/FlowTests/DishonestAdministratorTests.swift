import Audit
import Delivery
import Foundation
import Primitives
import TestKit
import Testing

@testable import Gateway
@testable import Storage

/// What somebody can try who rules the machine of an organisation's gateway, keys included, against
/// its access log, and what finds it out.
@Suite struct DishonestAdministratorTests {
    /// A clinic that has received, opened and confirmed sheets.
    private func town() async throws -> Town {
        let town = try await Town.make(places: [.careOffice, .clinic])
        for _ in 0..<2 {
            let key = try await town.sendLiaison()
            try await town.settle()
            _ = try await town.office(.clinic).open(key, by: Town.nurse)
        }
        try await town.settle()
        return town
    }

    private func folder(_ town: Town, _ place: World.Place) -> URL {
        town.folder.appending(path: "gateway/orgs/" + town.office(place).member.text)
    }

    private func database(_ town: Town, _ place: World.Place) throws -> Connection {
        try Connection(path: folder(town, place).path + "/store.db", .write)
    }

    private func concealed(_ town: Town) async throws -> [UInt64] {
        let page = try await town.office(.clinic).auditPage(from: 0)
        return try await town.office(.clinic).concealed(in: page.leaves, from: 0)
    }

    @Test(arguments: [
        "DELETE FROM auditIndex WHERE kind = 2", "DELETE FROM auditIndex WHERE kind = 1",
        "DELETE FROM auditIndex WHERE kind = 3", "DELETE FROM auditOpening WHERE field = 'patient'",
        "DELETE FROM auditOpening WHERE field = 'actorName'",
        "UPDATE auditOpening SET sealed = (SELECT sealed FROM auditOpening LIMIT 1)",
    ])
    func `leaves that no search finds any more are named`(_ statement: String) async throws {
        let town = try await town()
        #expect(try await concealed(town).isEmpty)
        let changed = try database(town, .clinic).run(statement)
        #expect(changed > 0)
        #expect(!(try await concealed(town).isEmpty))
        // Nothing of that is in the tree, which is whole.
        #expect(try await town.office(.clinic).auditLog().isWhole)
    }

    @Test func `a leaf that is written anew breaks the log`() async throws {
        let town = try await town()
        let database = try database(town, .clinic)
        try database.script("DROP TRIGGER auditLeafIsNotChanged")
        let changed = try database.run(
            """
            UPDATE auditLeaf SET leaf = cast(replace(cast(leaf AS TEXT), '"sheet.opened"',
                '"sheet.printed"') AS BLOB) WHERE cast(leaf AS TEXT) LIKE '%"sheet.opened"%'
            """
        )
        #expect(changed > 0)
        #expect(!(try await town.office(.clinic).auditLog().isWhole))
    }

    @Test func `an older copy of the folder is missed by the exchange`() async throws {
        let town = try await town()
        let backup = town.folder.appending(path: "backup")
        try FileManager.default.copyItem(at: folder(town, .clinic), to: backup)
        for _ in 0..<4 {
            let key = try await town.sendLiaison()
            try await town.settle()
            _ = try await town.office(.clinic).open(key, by: Town.nurse)
        }
        town.time.advance(by: .minutes(2))
        try await town.settle()
        #expect(!(try await town.events(.clinic).contains("audit.alarm gap")))
        town.office(.clinic).store.close()
        try FileManager.default.removeItem(at: folder(town, .clinic))
        try FileManager.default.copyItem(at: backup, to: folder(town, .clinic))
        try await town.reopen(.clinic)
        let key = try await town.sendLiaison()
        town.time.advance(by: .minutes(2))
        let failures = Town.FailureList()
        try await town.settle(failures: failures)
        #expect(try await town.storedEvents(.clinic).contains("audit.alarm gap"))
        // From there on nothing is taken in, and nothing is shown to anybody.
        #expect(failures.codes.contains("storeRestored"))
        #expect(try await town.state(key) == .accepted)
        await #expect(throws: GatewayError.self) { try await town.events(.clinic) }
        await #expect(throws: StoreError.restored) { try await town.reopen(.clinic) }
    }
}
