package import Cryptography
package import Delivery
package import Directory
package import Primitives

/// A fetched message whose outer statements hold: steps 1 to 4 of opening.
package struct Arrival: Sendable {
    package let submission: Submission
    package let accepted: SignedStatement
    package let acceptance: AcceptedStatement
    /// The certificate that signed the submission; layer 2 must be signed with the same.
    package let signer: Certificate

    package var routing: Routing { submission.routing }
    package var key: MessageKey { routing.key }

    /// The three byte strings and the exchange's receipt, as they came.
    package struct Bytes: Sendable {
        package let routing: [UInt8]
        package let submission: [UInt8]
        package let sealed: [UInt8]
        package let accepted: [UInt8]

        package init(
            routing: [UInt8],
            submission: [UInt8],
            sealed: [UInt8],
            accepted: [UInt8]
        ) {
            self.routing = routing
            self.submission = submission
            self.sealed = sealed
            self.accepted = accepted
        }
    }

    /// - Throws: `OpenRefusal`; `held` where the fault is the exchange's.
    package init(_ bytes: Bytes, directory: DirectoryView) throws(OpenRefusal) {
        guard bytes.routing.count <= Limits.routingBytes,
            bytes.submission.count <= Limits.statementBytes,
            bytes.sealed.count <= Limits.sealedBytes
        else { throw .no(.tooLarge, 1) }
        let routing = try Self.routing(bytes.routing)
        (accepted, acceptance) = try Self.acceptance(bytes, routing, directory)
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: bytes.submission)
            submission = try Submission(
                routing: routing,
                statement: statement,
                sealed: bytes.sealed
            )
            signer = try directory.verify(statement, at: acceptance.acceptedAt)
        } catch {
            throw .no(.badSignature, 4, error.code)
        }
    }

    private static func routing(_ bytes: [UInt8]) throws(OpenRefusal) -> Routing {
        do throws(DecodingRefusal) { return try Routing(reading: bytes) } catch {
            throw error.reason == .badVersion
                ? .no(.wrongSuite, 2) : .no(.malformed, 2, error.reason.rawValue)
        }
    }

    private static func acceptance(
        _ bytes: Bytes,
        _ routing: Routing,
        _ directory: DirectoryView
    ) throws(OpenRefusal) -> (SignedStatement, AcceptedStatement) {
        do throws(StatementRefusal) {
            let statement = try SignedStatement(reading: bytes.accepted)
            let body = try statement.body(as: AcceptedStatement.self)
            _ = try directory.verify(statement, at: body.acceptedAt)
            let isOfThis =
                body.key == routing.key
                && body.routingSha256 == routing.sha256
                && body.submissionSha256 == SHA256.hash(bytes.submission)
                && body.sealedSha256 == SHA256.hash(bytes.sealed)
            guard isOfThis else { throw StatementRefusal.wrongChain }
            return (statement, body)
        } catch {
            throw .held(.receiptUnusable)
        }
    }
}
