import pandas as pd
import streamlit as st

st.line_chart(pd.read_csv("tables/air.csv"))
