import ExchangeAPI
package import Primitives

// Whether the exchange can be reached, as the calls for mail tell it.
extension OrganisationGateway {
    package struct ExchangeLink: Hashable, Sendable {
        /// nil: not since this program was started.
        package var reachedAt: Timestamp?
        /// Of the first failure since then; nil while calls succeed.
        package var failingSince: Timestamp?
    }

    /// A call to the exchange, noted by what comes of it.
    func reached<Answer: Sendable>(
        _ call: () async throws(ExchangeError) -> Answer
    ) async throws(GatewayError) -> Answer {
        do throws(ExchangeError) {
            let answer = try await call()
            note(ExchangeLink(reachedAt: time.now))
            return answer
        } catch {
            var link = exchangeLink
            link.failingSince = link.failingSince ?? time.now
            note(link)
            throw .exchange(error)
        }
    }
}
