import DeepFace
import Testing

/// Conditions on what faces tell, as people write them.
struct AttributeFilterTests {
    @Test(arguments: [
        ("gender=Woman age<40", "gender=Woman age<40"),
        ("  GENDER = woman,age<=40 and emotion!=SAD", "gender=Woman age<=40 emotion!=sad"),
        ("age=20-29", "age>=20 age<=29"),
        ("race='middle eastern' age > 3", "race='middle eastern' age>3"),
        ("race=\"Latino Hispanic\"", "race='latino hispanic'"),
        ("race=middle_eastern race!=latino-hispanic", "race='middle eastern' race!='latino hispanic'"),
        ("age==7", "age=7"),
        ("age>=20 age!=30", "age>=20 age!=30"),
    ])
    func isReadAndPrintedBack(text: String, printed: String) throws {
        let filter = try AttributeFilter(text)
        #expect(filter.description == printed)
        #expect(try AttributeFilter(printed) == filter)
    }

    @Test(arguments: [
        ("", "no condition"), ("  ", "no condition"), ("and age<4", "begins with 'and'"),
        ("height<180", "age, gender, emotion, race"), ("<4", "begins with '<4'"),
        ("gender", "=, !=, <, <=, >, >="), ("age=>3", "=, !=, <, <=, >, >="), ("age", "=, !=, <, <=, >, >="),
        ("gender=", "compared with nothing"), ("gender=female", "Woman, Man"), ("gender<Woman", "= and !="),
        ("emotion=bored", "angry, disgust, fear, happy, sad, surprise, neutral"), ("race='asian", "not closed"),
        ("age<forty", "whole years"), ("age<-1", "whole years"), ("age=3.5", "whole years"), ("age<151", "whole years"),
        ("age!=20-29", "range"), ("age=30-20", "range"), ("gender=Woman age", "=, !="),
    ])
    func whatIsWrongIsSaid(text: String, words: String) {
        let error = #expect(throws: DeepFaceError.self) { try AttributeFilter(text) }
        #expect(error?.code == .invalidOption && error?.input == text)
        #expect(error?.description.contains(words) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func holdsOrNot() throws {
        let face = FaceAttributes(age: 31, gender: "Woman", race: "middle eastern")
        for text in [
            "age=31", "age!=30", "age<32", "age<=31", "age>30", "age>=31", "age=31-40", "gender=WOMAN", "gender!=man",
            "race=middle_eastern gender=woman age>30",
        ] {
            #expect(try AttributeFilter(text).matches(face), "\(text)")
        }
        for text in [
            "age=30", "age!=31", "age<31", "age<=30", "age>31", "age>=32", "age=20-30", "gender=man", "gender!=Woman",
            "gender=woman age>31",
            // Not read: no condition on it holds.
            "emotion=sad", "emotion!=sad", "gender=woman emotion!=sad",
        ] {
            #expect(try !AttributeFilter(text).matches(face), "\(text)")
        }
        #expect(try !AttributeFilter("age!=3").matches(nil))
        #expect(try AttributeFilter("race=asian age<4 age>2").attributes == [.age, .race])
    }
}
