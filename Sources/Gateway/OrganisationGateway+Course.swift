import Audit
package import Delivery
package import Directory
package import Primitives
package import Storage

// What a person is told of a message on its way: more than the state of its copies.
extension OrganisationGateway {
    /// An own message, copy by copy, with what was said about it.
    package struct Course: Sendable {
        package let row: OutboxRow
        /// Why its sender wants it back.
        package let takenBackFor: RetractionReason?
        /// Of the signed withdrawal; nil while it waits for certainty.
        package let takenBackAt: Timestamp?
        /// The new message in which the others of its recipients get it.
        package let resentAs: MessageID?
        package let copies: [Copy]

        /// One recipient's copy.
        package struct Copy: Sendable {
            package let copy: OutboxCopy
            /// The newest answer to the withdrawal, and when it was given.
            package let answer: (outcome: WithdrawalOutcome, at: Timestamp)?
            /// Why the recipient's gateway refused it.
            package let refusal: RefusalCode?
            /// What is late about it now, oldest first.
            package let warnings: [WarningRow]
            /// Of the recipient's desk or office.
            package let telephone: TelephoneNumber?
            /// It was opened by somebody of another desk alone (緊急閲覧).
            package let isEmergency: Bool
        }
    }

    package func course(of message: MessageID) async throws(GatewayError) -> Course {
        let wish = try await wishedBack(message)
        let family = try await family(of: message)
        var statements: [StatementRow] = []
        var warnings: [WarningRow] = []
        for row in family {
            let key = MessageKey(from: member, messageID: row.message)
            let known = try await read { stored throws(StoreError) in
                (receipts: try stored.receipts(of: key), warnings: try stored.warnings(of: key))
            }
            statements += known.receipts.map(\.statement)
            warnings += known.warnings
        }
        let row = family[0].merged(with: family)
        let isPartly = !family[0].waiting.isEmpty
        let withdrawal = statements.first { $0.type == .withdrawal }?
            .body(as: WithdrawalStatement.self)
        return Course(
            row: row,
            takenBackFor: withdrawal?.reason ?? wish,
            takenBackAt: withdrawal?.requestedAt,
            resentAs: isPartly ? family.dropFirst().first?.message : nil,
            copies: row.copies.map { copy in
                let own = statements.filter { $0.slot.recipient == copy.to }
                let answer = own.last { $0.type == .withdrawalAnswer }?
                    .body(as: WithdrawalAnswerStatement.self)
                return Course.Copy(
                    copy: copy,
                    answer: answer.map { ($0.outcome, $0.head.at) },
                    refusal: copy.state == .refused
                        ? own.last { $0.type == .refused }?.body(as: RefusedStatement.self)?.code
                        : nil,
                    warnings: warnings.filter {
                        $0.to == copy.to && $0.kind.stands(in: copy.state)
                    },
                    telephone: view.telephone(of: copy.to, at: copy.desk),
                    isEmergency: copy.state == .opened
                        && own.contains {
                            $0.body(as: OpenedStatement.self)?.purpose == .breakGlass
                        }
                )
            }
        )
    }

    /// The withdrawals among what was said of received messages.
    package func withdrawals(
        of messages: [MessageKey]
    ) async throws(GatewayError) -> [MessageKey: WithdrawalStatement] {
        let rows = try await read { stored throws(StoreError) in
            try messages.map { key throws(StoreError) in
                try stored.receipt(in: .message(.withdrawal, key))?.statement
            }
        }
        var found: [MessageKey: WithdrawalStatement] = [:]
        for (key, row) in zip(messages, rows) {
            found[key] = row?.body(as: WithdrawalStatement.self)
        }
        return found
    }
}

extension StatementRow {
    /// What a stored statement says; nil where it is of another kind.
    func body<Body: StatementBody>(as type: Body.Type) -> Body? {
        do throws(StatementRefusal) {
            return try SignedStatement(reading: bytes).body(as: type)
        } catch { return nil }
    }
}
