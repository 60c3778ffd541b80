module github.com/listgate/listgate

go 1.26
