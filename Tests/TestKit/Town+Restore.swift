import Foundation
package import Gateway
import Primitives
package import Storage

// Older copies of an office's disk.
extension Town {
    /// Keeps a copy of an office's folder, as it is now, in `name`.
    package func copyFolder(of place: World.Place, to name: String) async throws {
        kept(place).gateway.store.close()
        let copy = folder.appendingPathComponent(name)
        try FileManager.default.copyItem(at: officeFolder(place), to: copy)
        try await reopen(place)
    }

    /// Puts such a copy in the place of the folder; `mark` is what a restore leaves. Nothing is
    /// opened.
    package func putBack(_ name: String, at place: World.Place, mark: RestoreMark? = nil) throws {
        kept(place).gateway.store.close()
        let now = officeFolder(place)
        try FileManager.default.removeItem(at: now)
        try FileManager.default.copyItem(at: folder.appendingPathComponent(name), to: now)
        try mark?.write(in: now.path)
    }

    /// What `renkei audit recover` does, and then the start.
    @discardableResult
    package func recover(_ place: World.Place) async throws -> LogRecovery {
        let office = kept(place)
        office.gateway.store.close()
        var options = StoreOptions()
        options.isRecovering = true
        let store = try gatewayStore(of: office.member, options: options)
        defer { store.close() }
        let parts = try parts((office.member, office.keys), office.wire, store, .zero)
        let done = try await OrganisationGateway.recover(parts, by: Self.careManager)
        store.close()
        try await reopen(place)
        return done
    }

    private func officeFolder(_ place: World.Place) -> URL {
        URL(fileURLWithPath: houses.gateway.path + "/orgs/" + kept(place).member.text)
    }
}
