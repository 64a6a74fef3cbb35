import DeepFace
import FaceStores
import Testing

struct StoreAddressTests {
    @Test(arguments: [
        ("postgres://me:secret@host:5432/db?sslmode=require", "postgres://me:***@host:5432/db?sslmode=require"),
        ("postgresql://me:sec@ret@host/db", "postgres://me:***@host/db"),
        ("pgvector://me@host/db?password=secret&x=1", "pgvector://me@host/db?password=***&x=1"),
        ("postgres:host=h password=secret dbname=d", "postgres:host=h password=*** dbname=d"),
        ("postgres://me@host/db", "postgres://me@host/db"),
        ("sqlite:/a/b.db", "sqlite:/a/b.db"),
    ]) func passwordsAreNotTold(_ address: String, _ told: String) throws {
        #expect(try StoreAddress(address).description == told)
    }

    @Test func pythonsVariablesNameAStore() throws {
        func told(_ environment: [String: String]) throws -> String? {
            try StoreAddress.python(environment)?.description
        }
        #expect(try told([:]) == nil)
        #expect(try told(["DEEPFACE_POSTGRES_URI": "postgresql://me@h/db"]) == "postgres://me@h/db")
        #expect(try told(["DEEPFACE_CONNECTION_DETAILS": "postgresql://me@h/db"]) == "postgres://me@h/db")
        #expect(try told(["DEEPFACE_MILVUS_URI": "http://h:19530"]) == "milvus://h:19530")
        let both = ["DEEPFACE_DATABASE_TYPE": "pgvector", "DEEPFACE_POSTGRES_URI": "postgresql://me@h/db"]
        #expect(try told(both) == "pgvector://me@h/db")
        #expect(
            try told(both.merging(["DEEPFACE_CONNECTION_DETAILS": "postgresql://you@h/x"]) { $1 })
                == "pgvector://you@h/x")
        for wrong in [["DEEPFACE_DATABASE_TYPE": "oracle"], ["DEEPFACE_DATABASE_TYPE": "postgres"]] {
            let error = #expect(throws: DeepFaceError.self) { try told(wrong) }
            #expect(error?.code == .invalidOption)
        }
    }
}
