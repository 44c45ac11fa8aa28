import Cryptography
import Delivery
import Directory
import Gateway
import Primitives
import Sheets
import Storage
import TestKit
import Testing

@testable import Gateway
@testable import Pages
@testable import Staff

/// A clinic with two desks, 受付 and 病棟, and a sheet for one of them.
struct DeskTown {
    let town: PagesTown
    let care: Clerk
    /// The sheet for 病棟.
    let key: MessageKey

    static let ward = "ward"
    static let main = "main"

    var clinic: OrganisationGateway { town.town.office(.clinic) }
    var sheet: String { town.path(.clinic, "/sheets/\(key.messageID)") }

    static func make(
        to desk: String? = ward,
        english: English? = nil
    ) async throws -> DeskTown {
        let town = try await PagesTown.make(english: english)
        let clinic = town.town.office(.clinic)
        let kind = try #require(Department("none"))
        let ward = DirectoryDesk(try #require(DeskID(Self.ward)), name: "病棟", kind: kind)
        try await clinic.addDesk(ward, by: Town.nurse)
        try await town.town.settle(rounds: 1)
        let care = try await town.clerk("haruka")
        _ = try await town.send(by: care)
        let key = try await town.sendAgain(to: desk)
        try await town.town.settle()
        return DeskTown(town: town, care: care, key: key)
    }

    func clerk(
        _ name: String,
        _ roles: Set<StaffRole> = [.sender],
        at desks: [String]
    ) async throws -> Clerk {
        let clerk = try await town.clerk(name, roles, at: .clinic, profession: "doctor")
        let staff = try town.desk(.clinic)
        let console = StaffActor.console(Town.nurse)
        let account = try await staff.find(try #require(SignInName(name)), by: console)
        try await staff.setDesks(desks.compactMap { DeskID($0) }, of: account.id, by: console)
        return clerk
    }

    /// Somebody of the clinic, as the gateway knows who reads.
    func reader(_ name: String) async throws -> SheetReader {
        let staff = try town.desk(.clinic)
        let account = try await staff.find(
            try #require(SignInName(name)),
            by: .console(Town.nurse)
        )
        return try await clinic.reader(Town.nurse, account: account.id, at: account.desks)
    }
}

extension PagesTown {
    /// The first sheet of the care office once more, in a thread of its own, to a desk.
    func sendAgain(to desk: String?) async throws -> MessageKey {
        let office = town.office(.careOffice)
        let row = try #require(try await office.outbox(limit: 1).first)
        let sheet = try await office.review(row.message, by: Town.careManager)
        var json = try #require(sheet.json.object)
        json["sheetId"] = .name(SheetID.make(SystemRandom()))
        json["threadId"] = .name(ThreadID.make(SystemRandom()))
        var request = SendRequest(sheet: JSON.object(json).canonicalBytes)
        request.desk = desk.flatMap { DeskID($0) }
        let queued = try await office.send(request, by: Town.careManager)
        return MessageKey(from: office.member, messageID: queued.messageID)
    }
}
