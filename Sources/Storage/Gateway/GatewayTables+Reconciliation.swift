import Directory
import Primitives

/// Days and peers.
extension GatewayTables {
    func storeReconciliation(_ fact: GatewayUpkeep) throws(StoreError) {
        switch fact {
        case .exchanged(let row):
            try connection.run(
                "INSERT OR IGNORE INTO exchanged VALUES (?1, ?2, ?3, ?4)",
                row.day,
                row.peer,
                row.direction,
                row.message
            )
        case .reconciliation(let row):
            try connection.run(
                "INSERT OR REPLACE INTO reconciliation VALUES (?1, ?2, ?3, ?4, ?5)",
                row.day,
                row.peer,
                row.told,
                row.heard,
                row.outcome
            )
        case .dropReconciled(let day):
            for table in ["exchanged", "reconciliation"] {
                try connection.run("DELETE FROM \(table) WHERE day < ?1", day)
            }
        default: preconditionFailure("stored by its own table")
        }
    }
}

extension GatewaySnapshot {
    func exchanged(
        _ days: ClosedRange<Day>,
        with peer: MemberID?
    ) throws(StoreError) -> [ExchangedRow] {
        try connection.rows(
            """
            SELECT day, peer, direction, messageId FROM exchanged
            WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR peer = ?3)
            ORDER BY day, peer, direction, messageId
            """,
            days.lowerBound,
            days.upperBound,
            peer
        ) { row throws(StoreError) in
            ExchangedRow(
                day: try row[0],
                peer: try row[1],
                direction: try row[2],
                message: try row[3]
            )
        }
    }

    func reconciliation(
        of day: Day,
        with peer: MemberID
    ) throws(StoreError) -> ReconciliationRow? {
        try connection.row(
            "SELECT \(Self.said) WHERE day = ?1 AND peer = ?2",
            day,
            peer,
            make: Self.said
        )
    }

    func reconciliations(since day: Day) throws(StoreError) -> [ReconciliationRow] {
        try connection.rows(
            "SELECT \(Self.said) WHERE day >= ?1 ORDER BY day DESC, peer",
            day,
            make: Self.said
        )
    }

    private static let said = "day, peer, told, heard, outcome FROM reconciliation"

    private static func said(_ row: Connection.Row) throws(StoreError) -> ReconciliationRow {
        var found = ReconciliationRow(day: try row[0], peer: try row[1])
        found.told = try row[2]
        found.heard = try row[3]
        found.outcome = try row[4]
        return found
    }
}

extension Day: ColumnValue {
    init?(stored: SQLValue) {
        guard let text = String(stored: stored) else { return nil }
        self.init(text)
    }
    var stored: SQLValue { .text(description) }
}

extension ReconciliationOutcome: ColumnValue {}
