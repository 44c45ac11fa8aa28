import BrowserKit
import Primitives

/// Two people at two offices, each with a browser, and one sheet between them.
struct Walk: Sendable {
    let house: House
    let care: Desk
    let hospital: Desk
    /// Whether only what must be filled in is.
    let isBrief: Bool
    /// Codes of the first sign-in.
    let codes: (care: String, hospital: String)

    /// Opens the house and both browsers while `body` runs.
    static func live<Result>(
        hands: (care: Hands, hospital: Hands) = (.mouse, .mouse),
        scripts areAllowed: Bool = true,
        isBrief: Bool = false,
        _ body: (Walk) async throws -> Result
    ) async throws -> Result {
        try await House.live { house in
            let keys = [
                try await PageCertificate.pin(ofServer: house.port(.care)),
                try await PageCertificate.pin(ofServer: house.port(.hospital)),
            ]
            let codes = (
                try await house.hire(.careManager, at: .care),
                try await house.hire(.socialWorker, at: .hospital)
            )
            return try await Browser.live(trusting: keys) { first in
                try await Browser.live(trusting: keys) { second in
                    try await first.allowScripts(areAllowed)
                    try await second.allowScripts(areAllowed)
                    let walk = Walk(
                        house: house,
                        care: Desk(browser: first, hands: hands.care, base: house.pages(of: .care)),
                        hospital: Desk(
                            browser: second,
                            hands: hands.hospital,
                            base: house.pages(of: .hospital)
                        ),
                        isBrief: isBrief,
                        codes: codes
                    )
                    return try await body(walk)
                }
            }
        }
    }
}
