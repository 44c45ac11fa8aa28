import BrowserKit
import Primitives

/// People at their offices, each with a browser, and the sheets between them.
struct Walk: Sendable {
    let house: House
    let care: Desk
    let hospital: Desk
    /// Only of a wide walk.
    let clinic: Desk?
    /// Whether only what must be filled in is.
    let isBrief: Bool
    /// Codes of the first sign-in.
    let codes: [House.Place: String]

    /// How a walk is gone.
    struct Manner: Sendable {
        var care = Hands.mouse
        var hospital = Hands.mouse
        var allowsScripts = true
        var isBrief = false
        /// With a clinic and a consultation room besides.
        var isWide = false
    }

    /// Opens the house and the browsers while `body` runs.
    static func live<Result>(
        _ manner: Manner = Manner(),
        _ body: (Walk) async throws -> Result
    ) async throws -> Result {
        let staffed: [(House.Place, Person)] =
            [(.care, .careManager), (.hospital, .socialWorker)]
            + (manner.isWide ? [(.clinic, .doctor)] : [])
        let places = staffed.map(\.0) + (manner.isWide ? [.room] : [])
        return try await House.live(places) { house in
            var keys: [Digest] = []
            var codes: [House.Place: String] = [:]
            for (place, person) in staffed {
                keys.append(try await PageCertificate.pin(ofServer: house.port(place)))
                codes[place] = try await house.hire(person, at: place)
            }
            return try await browsers(staffed.count, trusting: keys) { browsers in
                for browser in browsers { try await browser.allowScripts(manner.allowsScripts) }
                let hands = [manner.care, manner.hospital, .mouse]
                let desks = browsers.indices.map { index in
                    Desk(
                        browser: browsers[index],
                        hands: hands[index],
                        base: house.pages(of: staffed[index].0)
                    )
                }
                return try await body(
                    Walk(
                        house: house,
                        care: desks[0],
                        hospital: desks[1],
                        clinic: desks.count > 2 ? desks[2] : nil,
                        isBrief: manner.isBrief,
                        codes: codes
                    )
                )
            }
        }
    }

    /// Each has cookies of its own.
    private static func browsers<Result>(
        _ count: Int,
        trusting keys: [Digest],
        _ others: [Browser] = [],
        _ body: ([Browser]) async throws -> Result
    ) async throws -> Result {
        guard others.count < count else { return try await body(others) }
        return try await Browser.live(trusting: keys) { browser in
            try await browsers(count, trusting: keys, others + [browser], body)
        }
    }

    /// The desk of the clinic, in a walk that has one.
    var doctor: Desk {
        get throws {
            guard let clinic else { throw Missing("a clinic") }
            return clinic
        }
    }
}
